"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const page = JSON.parse($("data").textContent), items = page.items, two = items[0].answers.length === 2;
  const name = "greenlight-blind-" + page.page, known = new Set(items.map((item) => item.key));
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(6)), (b) => b.toString(16).padStart(2, "0")).join("");
  const state = { rater: fresh(), name: "", answers: {} };
  let at = 0, kept = true, saved = "";

  try {
    const old = JSON.parse(localStorage.getItem(name) || "{}");
    if (/^[0-9a-f]{12}$/.test(old.rater)) state.rater = old.rater;
    if (typeof old.name === "string") state.name = old.name.slice(0, 40);
    for (const [key, choice] of Object.entries(old.answers || {})) {
      if (known.has(key) && ["0", "1", "2"].includes(choice)) state.answers[key] = choice;
    }
  } catch { kept = false; }
  const keep = () => { try { localStorage.setItem(name, JSON.stringify(state)); } catch { kept = false; } };
  const file = () => JSON.stringify({ greenlight_blind: 1, page: page.page, rater: state.rater, name: state.name, answers: state.answers }, null, 1);
  const done = () => Object.keys(state.answers).length;

  // characters that turn or hide what follows them are shown by name
  const plain = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => "⟨U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
  const block = (tag, kind, text) => {
    const made = document.createElement(tag);
    made.className = kind; made.dir = "auto"; made.textContent = plain(text);
    return made;
  };
  const words = two
    ? { 1: "1 is more in character", 0: "Neither, or I cannot tell", 2: "2 is more in character" }
    : { 1: "In character", 0: "I cannot tell", 2: "Not in character" };

  const show = (focus) => {
    const item = items[at], choice = state.answers[item.key];
    $("count").textContent = `${at + 1} of ${items.length}`;
    $("left").textContent = done() === items.length ? "All answered: save them." : `${items.length - done()} left`;
    $("bar").max = items.length; $("bar").value = done();
    const talk = item.turns.map((turn) => {
      const made = block("div", "turn", turn.content);
      made.prepend(block("span", "role", turn.role === "assistant" ? "Answer" : turn.role === "user" ? "Asked" : "Set up"));
      return made;
    });
    $("talk").replaceChildren(...talk);
    $("answers").replaceChildren(...item.answers.map((text, number) => {
      const made = document.createElement("section"), head = block("h2", "", two ? `Answer ${number + 1}` : "Answer");
      if (choice === String(number + 1) && two) made.className = "chosen";
      made.append(head, block("div", "text", text || "(no text)"));
      return made;
    }));
    for (const button of document.querySelectorAll("[data-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.choice === choice));
    }
    $("back").disabled = at === 0; $("next").disabled = at === items.length - 1;
    $("warn").hidden = kept; $("text").value = file();
    if (focus) { scrollTo(0, 0); $("talk").focus({ preventScroll: true }); }
  };
  const go = (to) => { at = Math.min(items.length - 1, Math.max(0, to)); show(true); };
  const choose = (choice) => {
    state.answers[items[at].key] = choice; keep();
    const open = items.findIndex((item, number) => number > at && !state.answers[item.key]);
    const first = items.findIndex((item) => !state.answers[item.key]);
    if (open >= 0 || first >= 0) go(open >= 0 ? open : first); else show(false);
  };

  for (const button of document.querySelectorAll("[data-choice]")) {
    button.lastElementChild.textContent = words[button.dataset.choice];
    button.addEventListener("click", () => choose(button.dataset.choice));
  }
  $("back").addEventListener("click", () => go(at - 1));
  $("next").addEventListener("click", () => go(at + 1));
  $("name").value = state.name;
  $("name").addEventListener("input", () => { state.name = $("name").value.slice(0, 40); keep(); $("text").value = file(); });
  $("text").addEventListener("focus", () => $("text").select());
  $("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file()], { type: "application/json" }));
    link.download = `blind-${page.page}-${state.rater}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    saved = file();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (["0", "1", "2"].includes(event.key)) choose(event.key);
    else if (event.key === "ArrowLeft") go(at - 1);
    else if (event.key === "ArrowRight") go(at + 1);
    else return;
    event.preventDefault();
  });
  addEventListener("beforeunload", (event) => { if (!kept && done() && file() !== saved) event.preventDefault(); });
  at = Math.max(0, items.findIndex((item) => !state.answers[item.key]));
  document.body.classList.add(two ? "two" : "one", "ready");
  show(false);
})();
