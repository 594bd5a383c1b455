"""The model card: what the record says of the model, and how the folder is used."""

from __future__ import annotations

from typing import Any

from greenlight.parts import Parcel
from greenlight.vocabulary import START

USE = """## Use

```python
from transformers import pipeline

write = pipeline("text-generation", "path/to/this/folder")
print(write("{prompt}")[0]["generated_text"])
```

- It continues text, and has no turns and no chat template: on a server, ask `/v1/completions`.
- The tokenizer begins each prompt with `{start}` by itself; the model was never given text without it. Text that
  spells a special token out is text.
- Prompt and continuation share {context:,} tokens. A server that does not keep to that must be given `max_tokens`.
- By itself it draws at temperature 1 from all tokens but the start token, as `greenlight talk` does.
"""


def text(parcel: Parcel, record: dict[str, Any]) -> str:
    """``README.md``. ``parcel.about`` is markdown already; nothing else here comes from outside."""
    check = record["check"]
    far = max(check["difference"].values())
    tags = ", ".join(["greenlight", *(["synthetic"] if parcel.synthetic else [])])
    head = ["---", "license: other", "library_name: transformers", "pipeline_tag: text-generation", f"tags: [{tags}]"]
    use = USE.format(prompt="Once", start=START, context=record["architecture"]["context"])
    checked = (
        f"## How this folder was checked\n\n"
        f"Opened as `{record['class']}` by transformers {record['versions']['transformers']}, in fp32, it computes "
        f"the logits of the trained model within {far:.1e} (allowed: {check['allowed']:.0e}), on {check['sequences']} "
        f"sequences of random tokens and {check['sequences']} of real ones ({check['real_tokens']}), "
        f"{check['context']:,} tokens each; {check['texts_with_equal_tokens']} texts have equal tokens. "
        "`export.json` has the record."
    )
    if record["zeros_added"]:
        checked += f" {record['zeros_added']:,} zeros stand where the class has biases and the model has none."
    return "\n".join([*head, "---", ""]) + "\n" + "\n\n".join([parcel.about.strip(), use.strip(), checked]) + "\n"
