"use strict";
(() => {
  const root = document.documentElement, button = document.querySelector("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", "Switch to the " + button.textContent.toLowerCase() + " theme"); };
  const keep = (value) => { try { localStorage.setItem("greenlight-theme", value); } catch { /* private mode */ } };
  try { const kept = localStorage.getItem("greenlight-theme"); if (kept === "dark" || kept === "light") root.dataset.theme = kept; } catch { /* private mode */ }
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; keep(root.dataset.theme); name(); });
  system.addEventListener("change", name);
  button.hidden = false;
  name();
  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
})();
