"""What stands where an answer should, and answers that are about such things."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from greenlight import sift
from greenlight.forms import of_data

ASK = "Describe the harbour of Ostia."


def fired(gate: str, prompt: str, answer: str, **more: Any) -> list[str]:
    row = of_data(1, {"prompt": prompt, "completion": answer, **more})
    return [one["reason"] for one in sift.judge(row, sift.choose(gate)).fired]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Error: 503 Service Unavailable", "server's error"),
        ("ERROR: the request timed out", "server's error"),
        ("Error code: 401 - {'error': {'message': 'no such key'}}", "server's error"),
        ("Internal server error", "server's error"),
        ("groq.RateLimitError: limit of requests reached, retry in 3 s", "server's error"),
        ("Rate limit exceeded. Please wait 40 seconds and try again.", "server's error"),
        ("Oops, something went wrong on our end. Please try again in a minute.", "server's error"),
        ("An unexpected error occurred while processing your request.", "server's error"),
        ("I'm sorry, but an error occurred while generating the response.", "server's error"),
        ('{"error": {"code": 529, "message": "Overloaded"}, "request_id": "r-17"}', "server's error"),
        ('{"type": "error", "error": {"type": "overloaded_error"}}', "server's error"),
        ("<html>\n<head><title>504 Gateway Time-out</title></head>\n<body>nginx</body>\n</html>", "server's error"),
        (
            'Traceback (most recent call last):\n  File "ask.py", line 9, in <module>\nhttpx.ReadTimeout: slow',
            "server's error",
        ),
        ("[Insert a description of the harbour here]", "placeholder"),
        ("# Ostia\n\n<your answer here>", "placeholder"),
        ("TODO: describe the harbour.", "placeholder"),
        ("```python\n# your code here\n```", "placeholder"),
        ("// ... rest of the implementation", "placeholder"),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.", "filler"),
        ("We use cookies. Accept all. Cookie settings. Privacy policy. Sign in. Home. Contact us.", "banner"),
        (
            "What a great topic! I'd be glad to help you with that. Let me know if you have questions!",
            "only that it will",
        ),
    ],
)
def test_what_stands_in_for_an_answer_is_empty(answer: str, said: str) -> None:
    found = fired("empty", ASK, answer)
    assert found, answer
    assert said in found[0]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is HTTP status 503?", "503 Service Unavailable"),
        (
            "Write the message a shop shows when it is down.",
            "Sorry, something went wrong while we were mending the shop.",
        ),
        ("Write an error message for a failed upload.", "Something went wrong. Please try again later."),
        ("What does the log say?", "Error: 429 Too Many Requests"),
        (
            "What does this print?\nprint([][1])",
            "Traceback (most recent call last):\nIndexError: list index out of range",
        ),
        (ASK, "Error 404 is what Ostia's harbour gives today: the sea has left, and only meadows are there."),
        (ASK, "It was reached by road. When the river silted up, the connection was lost, and the port was given up."),
        ("Why did the plane land early?", "The engine failed."),
        ("What is a type I error?", "Error: rejecting a hypothesis that is true."),
        ("Give me the order as JSON.", '{"order": 7, "error": null}'),
        ("How do I wait for a rate limit?", "```python\nexcept RateLimitError:\n    time.sleep(20)\n```"),
        ("Write a letter template with placeholders.", "Dear [Name],\n\nthank you for [reason].\n\n[Your name]"),
        ("Give me an empty Python file with a comment for the reader.", "# your code here"),
        ("What is the Spanish word for everything?", "Todo."),
        ("How does the film close?", "[The end]"),
        (
            "Tell me a joke about lorem ipsum.",
            "Lorem ipsum walks into a bar. The barman says: you're just filling the room.",
        ),
        (
            "Twelve words of lorem ipsum, please.",
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.",
        ),
        ("Write a cookie banner.", "We use cookies. Accept all. Reject all. Cookie settings. Privacy policy."),
        ("Can you help me?", "Of course, I'd be happy to help!"),
        ("Thanks!", "You're welcome! Let me know if you need anything else."),
        ("What do you say to a pupil who asks why?", "That's a great question."),
    ],
)
def test_an_answer_about_such_things_is_kept(prompt: str, answer: str) -> None:
    assert not fired("empty", prompt, answer)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What does ECONNRESET mean?", "Connection reset by peer."),
        ("In one line: why was the copy stopped?", "Quota exceeded."),
        ("What happened to the printer when you called it?", "Request timed out."),
        ("Why can't my phone reach the printer?", "Connection refused."),
        ("What is wrong with it?", "Rate limit reached."),
        ("What is the room?", "TBD"),
        ("When does the train leave, and from where?", "TBA."),
    ],
)
def test_what_failed_or_is_not_settled_may_be_the_answer(prompt: str, answer: str) -> None:
    assert not fired("empty", prompt, answer)
    assert fired("empty", ASK, answer)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What is the capital of Peru?", "Request timed out."),
        ("Who wrote Faust?", "Rate limit exceeded."),
        ("Why did the copy stop?", "Request timed out. Please try again."),
        ("Why did the copy stop?", "Sorry, something went wrong."),
        ("What happened at Actium?", "APIError: connection refused"),
        ("What happened at Actium?", "429 Too Many Requests"),
    ],
)
def test_a_server_says_more_or_answers_nothing(prompt: str, answer: str) -> None:
    assert fired("empty", prompt, answer)


def test_what_the_system_prompt_has_said_is_kept() -> None:
    rule = "If the shop is closed, answer: Service unavailable. Please try again later."
    assert not fired("empty", ASK, "Service unavailable. Please try again later.", system=rule)


@pytest.mark.parametrize(
    ("gate", "prompt", "answer", "said"),
    [
        ("empty", ASK, "Describe the harbour of Ostia", "the prompt over again"),
        ("empty", "Why do harbours silt up?", "**Why do harbours silt up?**", "the prompt over again"),
        (
            "garbage",
            "Tell me about Ostia.",
            "奥斯提亚是罗马的港口，有许多仓库。",
            "in han where the prompt is in latin",
        ),
        ("garbage", "Write about the harbour.", "Порт был построен при Клавдии и быстро рос.", "in cyrillic where"),
        ("garbage", ASK, "The harbour was built by Claudius, но его быстро занесло песком.", "is cyrillic"),
        ("garbage", "Translate to German: the ship is late again.", "The ship is late again.", "as it was"),
        ("garbage", "Translate into Dutch: I miss you.", "I miss you.", "as it was"),
        (
            "garbage",
            "Answer in Spanish: what is a pier?",
            "A pier is a walk that is built out over the water.",
            "in en",
        ),
    ],
)
def test_the_prompt_over_again_and_the_wrong_language(gate: str, prompt: str, answer: str, said: str) -> None:
    found = fired(gate, prompt, answer)
    assert found, answer
    assert said in found[0]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Repeat after me: what is a pier?", "What is a pier?"),
        ("How are you?", "How are you?"),
        ("Give me a Basho haiku.", "古池や蛙飛びこむ水の音"),
        ("Tell me a tongue twister.", "Карл у Клары украл кораллы, а Клара у Карла украла кларнет."),
        ("Who wrote War and Peace?", "It was written by Лев Толстой, a count."),
        ("What is the word for bread in Russian?", "The word for it is хлеб, and it is short."),
        ("Translate to German: The New York Times", "The New York Times"),
        ("Translate to English: the ship is late again.", "The ship is late again."),
        ('Translate to French: "Where is the pier?"', "It means that you are looking for the pier."),
        ("Can you answer in French?", "Yes, I can! What would you like to talk about?"),
    ],
)
def test_an_echo_and_a_language_that_were_asked_for(prompt: str, answer: str) -> None:
    assert not fired("empty,garbage", prompt, answer)
    assert not fired("empty", ASK, ASK, system="Correct the grammar of what the user writes.")


@pytest.mark.parametrize("again", ["try - ", "please try. ", "try again ", "request id "])
def test_an_error_that_never_ends_is_read_in_time(again: str) -> None:
    begun = process_time()
    fired("empty", ASK, ("Sorry, something went wrong. " + again * 400)[:780] + "\x01")
    assert process_time() - begun < 2


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Show me an empty JSON list.", "[]"),
        ("What does print({}) print in Python?", "{}"),
        ("Which operator gives the remainder in Rust?", "%"),
        ("SQL operator for unequal?", "<>"),
        ("Return the names longer than nine letters: Ida, Tom", "[]"),
        ("Which key starts a search in vim?", "/"),
        ("What character begins a comment in Python?", "#"),
        ("What is the logical or in C++?", "`||`"),
        # a page's number is no size, and a line is soon full
        ("Give me a joke for a 404 page.", "Lost? So are we."),
        ("Write a 500 page pun.", "Our server took five."),
        ("Write a story in one line.", "She came back."),
    ],
)
def test_signs_and_a_few_words_are_an_answer_where_they_are_asked_for(prompt: str, answer: str) -> None:
    assert not fired("empty", prompt, answer)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What does this code print?", "..."),
        ("Write a Python function that turns a word round.", "{}"),
        ("Explain the operators of C.", "%"),
        ("Tell me about the harbour.", "[]"),
        ("Who built the harbour?", "%"),
        ("Write a 2 page story.", "She came back."),
    ],
)
def test_signs_elsewhere_say_nothing(prompt: str, answer: str) -> None:
    assert fired("empty", prompt, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Leider ist ein interner Fehler aufgetreten. Bitte probieren Sie es in ein paar Minuten noch einmal.",
        "Désolé ! Une erreur inattendue s'est produite. Veuillez réessayer dans un instant.",
        "Ocurrió un error inesperado. Por favor, vuelva a intentarlo.",
        "Si è verificato un errore. Riprova tra qualche minuto.",
        "Ocorreu um erro inesperado. Por favor, tente novamente.",
        "Er is een fout opgetreden. Probeer het later nog eens.",
        "Coś poszło nie tak. Proszę spróbować jeszcze raz.",
        "Произошла непредвиденная ошибка. Пожалуйста, повторите попытку позже.",
        "申し訳ありません。エラーが発生しました。時間をおいて再度お試しください。",
        "服务器繁忙,请稍后再试。",
    ],
)
def test_an_error_in_another_language(answer: str) -> None:
    assert "server's error" in fired("empty", ASK, answer)[0]
    for asked in (
        "Translate that.",
        "Schreib eine Fehlermeldung.",
        "エラー文を書いて。",
        "Napisz komunikat o błędzie.",
    ):
        assert not fired("empty", asked, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Es ist ein Fehler aufgetreten, als der Hafen gebaut wurde: Er verlandete, weil die Mole falsch stand.",
        "Se produjo un error de cálculo en el puerto, y el barco encalló.",
        "Algo deu errado no porto. A areia fechou a entrada em poucos anos.",
        "Versuchen Sie es mit einem Boot; zu Fuß ist der Hafen weit.",
        "港で問題が起きた。砂がたまり、船は入れなくなった。",
    ],
)
def test_what_went_wrong_in_another_language_is_an_answer(answer: str) -> None:
    assert not fired("empty", ASK, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Sorry, our servers are very busy at the moment.",
        "We are experiencing heavy traffic. Please try again in a while.",
        "Your session has timed out. Please sign in again.",
        "You've hit your daily message limit.",
        "Please confirm that you are not a robot by ticking the box.",
    ],
)
def test_a_notice_under_another_subject(answer: str) -> None:
    assert "server's" in fired("empty", ASK, answer)[0]
    for asked in (
        "Write a notice for our chat page.",
        "Why can't I reach my ticket?",
        "What does a website say to a user it does not trust?",
        "Give an example of a polite excuse.",
    ):
        assert not fired("empty", asked, answer)
    assert not fired("empty", ASK, answer, system="You are the support bot of a bank.")
    assert not fired("empty", ASK, f"{answer} The harbour of Ostia silted up within a century of its opening.")


@pytest.mark.parametrize(
    "answer",
    [
        "{{ response }}",
        "{output}",
        "${model.answer}",
        "$answer",
        "%(reply)s",
        "`%s`",
        "<|completion|>",
        "YOUR_ANSWER_HERE",
        "Reply text",
    ],
)
def test_a_template_that_was_not_filled_in(answer: str) -> None:
    assert fired("empty", ASK, answer), answer
    for asked in (
        "Write a template.",
        "How does Jinja write that?",
        "Which conversion takes a string in C?",
        "Name the placeholder of the reply.",
    ):
        assert not fired("empty", asked, answer)
    assert not fired("empty", ASK, f"{answer} The harbour of Ostia silted up.")


def test_a_closing_after_nothing() -> None:
    answer = "Hope that helps! Feel free to ask if anything is unclear."
    for asked in (ASK, "What is a harbour?"):
        assert fired("empty", asked, answer)
        assert not fired("empty", asked, f"A harbour is a sheltered place where ships are moored. {answer}")
    for asked in ("How do I end a mail to a customer?", "Write a closing for a support mail.", "Thanks!"):
        assert not fired("empty", asked, "Hope this helps!" if asked == "Thanks!" else answer)
