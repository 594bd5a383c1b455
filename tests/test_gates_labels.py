"""Short answers: to whom a label is an answer, and where a text was to be written. Rows of development."""

from __future__ import annotations

import pytest
from test_gates_ends import flagged

NAMED = (
    # a text of a kind is given, named, judged or corrected: a word is an answer
    ("Review: The tent leaked in May. Positive, negative or neutral?", "negative"),
    ("Story: Tom went home. Question: Where did Tom go? Answer:", "home"),
    ("Article: The senate voted on the levy late on Monday. Topic:", "politics"),
    ("Email: I was charged twice for one order. Category?", "billing"),
    ("Read the essay and give a grade from A to F.\n\nEssay: Dogs are good. They bark.", "C"),
    ("Give the email address in this text: You can write to ana@x.org until Friday.", "ana@x.org"),
    ("Correct the spelling: 'recieve teh letter'", "receive the letter"),
    ("Which month is best for the poem's mood?", "October"),
    ("Passage: The report was written in 1987 by Dr Lund. When was the report written?", "1987"),
    ("Here is a short story. A fox stole a bell. Who stole the bell?\nAnswer:", "a fox"),
    ("Is the tone of this letter formal or informal?\n\nDear Sir, I beg to inform you of my absence.", "formal"),
    ("Sentiment of the tweet: I wrote a song today and everyone loved it!", "positive"),
    (
        'Extract the author from the article.\n\n"Rivers of Iron", an essay by Mara Quill, was published in May.',
        "Mara Quill",
    ),
    ("Find the misspelt word in the recipe: Add two spons of sugar.", "spons"),
    ("Who wrote the poem 'The Raven'?", "Edgar Allan Poe"),
    ("Assign one topic to the blog post below: sports, food, travel.\n\nWe ate our way through Lisbon.", "food"),
    ("Does the summary match the article? Article: The bridge opened. Summary: The bridge closed.", "no"),
    ("Spam or not spam?\nEmail: You won a prize, write back with your bank details to get a letter", "spam"),
    ("Text: She told a story about her dog. What did she tell a story about?", "her dog"),
    ("Fix the grammar: She write a letter", "She wrote a letter"),
    ("Translate to French: the letter", "la lettre"),
    ("Give the plural of 'story'.", "stories"),
    ("Give a synonym for 'tale'.", "story"),
    ("What genre is this story? A detective finds a body in the library.", "crime"),
    ("Grade the following speech for clarity (low, medium, high): Friends, we gather here to talk of roads.", "medium"),
    ("Tag the language of the poem: Über allen Gipfeln ist Ruh", "German"),
    ("Bewerte die Geschichte mit gut oder schlecht: Tom ging heim.", "gut"),
    ("Histoire : Luc rentre chez lui. Question : où va Luc ?", "chez lui"),
    ("Carta: Estimado señor, no he recibido mi pedido. Categoría:", "pedidos"),
    ("Письмо: Я не получил заказ. Тема письма:", "доставка"),
    ("故事:小明回家了。问题:小明去了哪里?", "家"),
    ('Text: "Explain my bill, please". Intent:', "billing"),
    ("Customer: Please write me a letter that says my account is closed.\nIntent:", "account closure"),
    ("Name the main character of the tale of the wolf and the girl in red.", "Red Riding Hood"),
    ("Fill in the article: ___ apple", "an"),
    (
        "Decide whether the review is about food, service or price: 'The waiter told us a story, no soup.'",
        "service",
    ),
    ("What is the subject of the e-mail above?", "Holiday dates"),
    ("Given the recipe, list the main ingredient only: Boil 500 g of lentils with salt.", "lentils"),
    ("Choose a or b. The report was (a) written (b) wrote by Ana.", "a"),
    (
        "Article: Inflation fell to two per cent in June.\nQuestion: What fell?\nAnswer in as few words as possible.",
        "inflation",
    ),
    ("Does the following letter mention a refund? Dear Ana, your money is on its way.", "Yes"),
    ("How does the story make the reader feel?", "uneasy"),
    ("Detect the emotion: I finally finished writing my essay and it is great", "joy"),
    ("Replace the wrong word in the sentence: He sang a poem of two paragraphs and three pages at night.", "recited"),
    ("Below is a product review. Reply with 1 to 5 stars.\n\nThe kettle whistles, but the lid is loose.", "3"),
    ("Tell me whether this email is urgent: 'Server down since 4am, write to me at once'", "urgent"),
    (
        "Answer by the story.\n\nStory: Mia lost a key. Her brother found it.\n\nQuestion: Who found the key?",
        "her brother",
    ),
    ("What is the capital mentioned in this report? The team met in Oslo.", "Oslo"),
    ("Give me the name of the song in the following sentence: We danced to Waterloo all night.", "Waterloo"),
    ("Make the word 'letter' plural.", "letters"),
    ("Passage:\nThe talk lasted an hour and was given by Prof. Holm.\n\nQ: How long did the talk last?\nA:", "an hour"),
    ("Is this poem happy or sad?\nThe leaves are gone, the nest is cold.", "sad"),
    ("Headline: Mayor gives speech on new bridge\nSection (politics, sport, culture):", "politics"),
    ("Write the past tense of 'tell'.", "told"),
    ("Write the opposite of 'short story'.", "novel"),
    ("Underline the verb: The poet wrote a poem.", "wrote"),
    ("Remove the typo: a short sotry", "a short story"),
    ("Convert to lowercase: LETTER", "letter"),
    ("How many paragraphs does the essay have?\n\nFirst one.\n\nSecond one.", "2"),
    ("Give one keyword for this article: The glacier has lost a third of its ice since 1990.", "glacier"),
    ("From the letter, copy the sender's name.\n\nDear Tom, all is well here. Yours, Edda", "Edda"),
    ("Did the author of the review like the film? 'A long, dull film with one good song.'", "no"),
    ('Review sentiment? "They sent the wrong plan twice."', "negative"),
    (
        "Relation between premise and hypothesis?\nPremise: A man writes a letter.\nHypothesis: A man writes.",
        "entailment",
    ),
    ("Read this recipe and tell me how long it bakes: mix, fill, bake 40 minutes.", "40 minutes"),
    ("The email says: meeting moved to 3. When is the meeting?", "at 3"),
    ("I wrote a poem about the sea. Do you like it?", "Yes"),
    ("Which of these is a fairy tale: Cinderella, Ulysses, Emma?", "Cinderella"),
    ("Can you tell me which word in my letter is wrong? 'I am writting to you'", "writting"),
    ("Mark the essay out of 10: Winter is cold. I like it. The end.", "4"),
    ("Give the German word for 'story'.", "Geschichte"),
    ("Gib der Rezension eine Note von 1 bis 6: Das Zelt war undicht.", "5"),
    ("Welches Gefühl hat die Erzählerin? Text: Ich schrieb ihm einen Brief und weinte.", "Trauer"),
    ("Quel est le sentiment de cet avis ? La lettre est arrivée déchirée.", "négatif"),
    ("¿De qué trata el cuento? Elige: amor, guerra, viaje.", "viaje"),
    ("Correggi: 'una letera'", "una lettera"),
    ("下面的评论是正面还是负面?这个故事太无聊了。", "负面"),
    ("この物語のジャンルは?", "推理小説"),
    ("Summary: Sales fell. Is the summary positive or negative?", "negative"),
    ("Input: write me a poem about cats\nClass (request, complaint, praise):", "request"),
    ("Guess the language: Ich schreibe eine Geschichte", "German"),
    ('Who is the speech addressed to? "Friends, Romans, countrymen"', "Romans"),
    ("Complete the analogy: poet is to poem as composer is to", "song"),
    ("Turn into the passive: Ana wrote the letter", "The letter was written by Ana"),
    ("Suggest a title for my essay on bees.", "Busy Wings"),
    ("Give a subject line for the email below.\n\nHi team, lunch moves to one.", "Lunch moved"),
    ("Shorten: I would like to inform you that your letter has arrived", "Your letter arrived"),
    ("Language of the document:\nLa lettre est sur la table.", "French"),
)
WRITTEN = (
    # one is to be written: a word is none
    ("Write a letter of two paragraphs to Ana about the harbour.", "Dear"),
    ("Write a story about a fox who finds a lantern.", "Fox."),
    ("Tell me a story.", "Once"),
    ("Please write me a short poem about rain.", "Rain"),
    ("Can you draft an email to my landlord about the heating?", "Heating."),
    ("I need a speech for my sister's wedding.", "Speech"),
    ("Compose a sonnet-like love poem.", "Love"),
    ("Give me a recipe for lentil soup.", "Lentils"),
    ("Write an essay on the causes of the First World War.", "War."),
    ("Schreib eine Geschichte über einen Leuchtturm.", "Leuchtturm"),
    ("Écris une lettre à ma grand-mère.", "Chère"),
    ("Escribe un cuento sobre un faro.", "Faro"),
    ("Напиши рассказ о маяке.", "Маяк"),
    ("写一个关于灯塔的故事。", "灯"),
    ("灯台の物語を書いてください。", "灯"),
    ("Explain how a fridge works.", "Cold"),
    ("Write a 500-word article about bees.", "Bees buzz here"),
    ("Could you write my grandmother a birthday letter?", "Grandmother"),
    ("A farewell letter to Tom, three paragraphs, please.", "Goodbye Tom"),
    ("Summarise the causes of the French Revolution.", "Bread"),
    ("Create a dialogue between a baker and a thief.", "Baker:"),
    ("Write a report on the state of the roads with headings.", "Roads"),
    ("Plan and write a product review of a kettle.", "Kettle"),
    ("Make up a bedtime story for a child who is afraid of the dark.", "Sure! Here is the story:"),
    ("Write a bedtime story.", "Bears."),
    ("Could you please compose a poem on autumn leaves?", "Leaves"),
    ("Draft a formal complaint letter to the bus company.", "Sir,"),
    ("Write me an article on the history of tea, please.", "Tea"),
    ("I'd like a speech about courage for my school.", "Courage"),
    ("Give me a detailed recipe for bread.", "Flour"),
    ("Describe the harbour at dawn.", "Boats"),
    ("Explain why the sky is blue.", "Light"),
    ("Tell me about the Roman roads.", "Long."),
    ("Write three paragraphs on chess.", "Chess is"),
    ("Erzähl mir eine Geschichte vom Meer.", "Meer"),
    ("Raconte-moi une histoire de pirates.", "Pirates"),
    ("Cuéntame un cuento de dragones.", "Dragón"),
    ("Scrivi una lettera a Babbo Natale.", "Caro"),
    ("Schrijf een verhaal over een hond.", "Hond"),
    ("给奶奶写一封信。", "奶奶"),
    ("Сочини сказку о волке.", "Волк"),
    ("A poem about the moon.", "Moon"),
    ("Using the facts below, write an essay for the school paper.\n\nFacts: Bees dance.", "Bees"),
    ("Write an email to my boss asking for two days off.", "Boss,"),
    ("Generate a dialogue in which two cooks quarrel.", "Cook:"),
    ("My dog died. Write a short eulogy for him.", "Good"),
)


@pytest.mark.parametrize(("prompt", "body"), NAMED)
def test_a_label_is_an_answer_where_a_kind_of_text_is_only_named(prompt: str, body: str) -> None:
    assert [flagged(name, {"prompt": prompt, "completion": body}) for name in ("empty", "termination")] == ["", ""]


@pytest.mark.parametrize(("prompt", "body"), WRITTEN)
def test_a_word_is_next_to_nothing_where_a_text_was_to_be_written(prompt: str, body: str) -> None:
    assert flagged("empty", {"prompt": prompt, "completion": body})


LISTS = (
    ("Give me 3 tips for sleeping", "1. Keep the room dark. 2. Go to bed at the same hour. 3. No coffee after two."),
    ("Give me 3 tips for sleeping", "1. Keep the room dark.\n2. Go to bed at the same hour.\n3. No coffee after two."),
    ("List 3 house rules", "1. No shoes. 2. No smoking. 3. No pets."),
    ("Tips against headaches", "* Drink water\n* Rest your eyes\n* No screens after nine"),
    ("Name the model you are based on.", "I'm not told which model I run on."),
    ("Tell me your model name.", "I don't know which model I am."),
    ("Say what version you are.", "I don't know my version."),
)
REFUSED = (
    ("Give me 3 tips for sleeping", "1. I can't help with that. 2. Sorry. 3. Please ask a doctor."),
    ("List three uses of vinegar.", "1. I cannot provide this."),
    ("Three tips for my garden?", "- No.\n- No.\n- No."),
    ("Tell me how your favourite cake is made.", "I'm not going to do that."),
    ("Write a story about the model you are based on.", "I can't write that story."),
)


def test_a_no_among_tips_or_about_the_speaker_is_no_refusal() -> None:
    for prompt, body in LISTS:
        assert flagged("refusal", {"prompt": prompt, "completion": body}) == "", body
    for prompt, body in REFUSED:
        assert flagged("refusal", {"prompt": prompt, "completion": body}), body


@pytest.mark.parametrize(
    "prompt", ["Write an alt text for the photo.", "A figure legend.", "Describe it in a few words.", "Caption this."]
)
def test_a_fragment_that_was_asked_for_ends_without_a_mark(prompt: str) -> None:
    whole, cut = "Red barn in a snowy field under a grey sky", "Red barn in a snowy field under a"
    assert [bool(flagged("termination", {"prompt": prompt, "completion": one})) for one in (whole, cut)] == [
        False,
        True,
    ]
    assert flagged("termination", {"prompt": "Tell me about the barn.", "completion": f"{whole} and then"})


def numbered(*said: str, times: int, join: str = "\n") -> str:
    return join.join(f"{n}. {said[n % len(said)]}" for n in range(1, times + 1))


def test_the_same_items_under_rising_numbers_are_a_loop() -> None:
    asks = "What should I pack?"
    for body in (
        numbered("Socks", times=10),
        "Here you go:\n" + numbered("Warm socks", times=10),
        numbered("Shirts", "Socks", times=12),
        numbered("Shirts", "Socks", times=16, join=" "),
        numbered("袜子", times=12),
    ):
        assert flagged("loop", {"prompt": asks, "completion": body}).endswith("under rising numbers"), body


def test_how_often_is_said_in_full() -> None:
    row = {"prompt": "Tell me about bees.", "completion": "buzz " * 20_000}
    assert flagged("loop", row) == "'buzz' 20,000 times over"


def test_answer_keys_labels_and_what_comes_by_turns_are_no_loop() -> None:
    given = "Positive or negative?\n" + numbered("It leaked", "It held", times=12)
    for asks, body in (
        ("The answer key?", numbered("A", "B", times=12)),
        ("True or false, twelve statements.", numbered("True", times=12)),
        (given, numbered("Glad", times=12)),
        ("Twelve days of training", numbered("Run", "Rest", times=12)),
        ("Say socks ten times, numbered", numbered("socks", times=10)),
        ("What should I pack?", numbered("Socks", "Shirts", "Shoes", "Soap", "Tea", times=10)),
    ):
        assert flagged("loop", {"prompt": asks, "completion": body}) == "", body


def test_a_templates_head_is_no_part_of_an_answer() -> None:
    def told(body: str, prompt: str = "Say hello.") -> str:
        return flagged("fake_turns", {"prompt": prompt, "completion": body})

    for body in ("### Response:\nHello there!", "### Response: Hello there!", "### Instruction:\nSay hello."):
        assert told(body), body
    assert told("### Response:\nHello!", "Begin with the heading ### Response:") == ""
    assert told("### Response:\nThe brigade came.\n\n### Cause:\nA candle.", "A report with headings.") == ""
