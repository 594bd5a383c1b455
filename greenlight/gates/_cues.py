"""Words by what they speak of: the user, the task, the text to be written, the voice that writes (``reasoning_leak``).

A class is a bit; a word may have several. Longer terms are looked up by their first word.
"""

from __future__ import annotations

(
    USER, STRONG, WEAK, OUT, STYLE, SELF, MUST, MAY, CRAFT, WISH, SAYS, REF, SERVE, MULL, DEVICE, OTHER, YOU, FIT,
    POLICY, TEST, IF, TOLD,
) = (1 << n for n in range(22))  # fmt: skip

_WORDS = {
    USER: "user requester asker questioner inquirer",
    STRONG: "prompt persona rubric rubrics evaluator evaluators grader graders prompter's",
    WEAK: "instruction instructions constitution guidelines guideline request task brief constraints constraint "
    "requirements requirement query assignment criteria criterion policy trait traits principles principle scenario "
    "directive directives role guidance intent",
    OUT: "response responses reply output completion draft drafts drafting wording phrasing tone format formatting "
    "opener hook stanza stanzas imagery markdown register in-character paragraphs bullets disclaimer disclaimers "
    "preamble meta opening ending first-person third-person",
    STYLE: "story poem haiku letter essay scene dialogue script limerick sonnet summary explanation description list "
    "lists twist plot setting protagonist narrator brief short concise warm playful friendly polite formal sarcastic "
    "funny words sentences sentence paragraph voice style humour humor jokes joke rhyme rhymes metaphor metaphors "
    "character length language title topic theme lecture lectures adjectives slang dialect vocabulary emoji emojis "
    "bullet lines ideas idea brevity warmth sarcasm honesty gruff grumpy remorse apologetic apologise apologize pirate "
    "cheerful wording traits level closing version verse couplet toast email recipe code example examples analogy "
    "persona pun puns moral audience details image speech monologue blurb slogan tagline in-depth tips advice greeting "
    "remark candour candor care conclusion beats intro sign-off greet translations beginner beginners reader headings "
    "names piece strong playfulness decorum restraint light kid-friendly age-appropriate english german french spanish "
    "russian chinese japanese arabic hindi italian",
    SELF: "i i'll i'd i'm i've me my myself we we'll we'd we're let's lemme our us",
    MUST: "should must need needs ought gotta let's lemme shouldn't mustn't needn't",
    MAY: "i'd will can could might may want i'll we'll shall going won't try",
    CRAFT: "write respond answer reply draft craft compose break structure phrase word formulate keep make mention "
    "avoid include incorporate weave use add begin start open end close finish aim pick choose settle outline stay "
    "sound show convey fit match follow adjust revise rewrite redo cut shorten trim polish tweak fix produce generate "
    "deliver provide give tell explain describe cover address acknowledge put bring translate finalise finalize "
    "finalizing finalising writing responding answering drafting crafting generating producing sprinkle emphasize "
    "emphasise highlight tailor rephrase wrap introduce create mimic emulate channel lean tone mirror sign refuse "
    "comply decline assume pretend play act speak talk format list proceed simplify balance maintain ensure summarise "
    "summarize interpret interpreted chose choosing apologise apologize greet comfort work",
    WISH: "want wants wanted ask asks asked asking askin' askin requests requested requesting seeks seeking seem seems "
    "appears looking would need needs expects expected expecting prefers said says mentions mentioned specify "
    "specified specifies provided gave given wrote writes hoping intends means meant wonders curious likely probably "
    "after interested wanting wishes really apparently clearly changed moves is also just simply didn't doesn't "
    "hasn't demands demanded likes cares tests testing greets greeted deserves be sounds already then now only",
    SAYS: "says said say asks asked wants requires required demands demanded calls mentions mentioned specifies "
    "specified states stated forbids allows allow prefer prefers favour favor favours favors bid bids tell tells "
    "dictates expects leans leaves doesn't don't didn't sets limits limit ask want wanted require call state forbid "
    "discourage discourages encourage encourages emphasise emphasises emphasizes stress stresses include includes "
    "insist insists whisper applies apply holds decided gives does do matters mandates instruct instructs describes "
    "suggests suggest implies needs seems puts declares orders sing demand defined sayin' askin'",
    REF: "per to given following against with as from under violating by fits fit matches meets follow follows "
    "satisfies checking check keeping true honouring honoring re-reading reread re-read rereading reading read "
    "considering despite since because of on",
    SERVE: "answer answering help helping serve satisfy please assist give giving tell ask asking address greet "
    "respond reply for fail responding engage reassure inform to thank impress humour humor meet like gets needs "
    "entertain lead about what whether from by does can if disappoint offer show",
    MULL: "remember reminder myself parsing looking starting keeping mission accomplished hardly doubtful doubt hold "
    "reconsidering version delete take sighs processing composing obviously okay ok hmm hm alright wait actually "
    "first next finally maybe perhaps probably plan planning step think thinking consider considering reconsider "
    "scratch redo again option options alternatively instead decide decided double-checking double-check checking "
    "check counting count brainstorm figure done proceed ready thought thoughts now so good great right well "
    "interesting re-read reread analyse analyze analyzing analysing parse note sure then self-check attempt revise "
    "mull reasoning rationale internally likely wonder assume assumed",
    DEVICE: "clicks click clicked enters enter presses press pressed types typed logs selects select taps tap signs "
    "books installs opens button buttons screen app apps password passwords account accounts login software browser "
    "website page server database icon menu settings device devices session input field error function method "
    "parameter data api profile profiles admin administrator permission permissions upload download payment customer "
    "warranty fee fees damage cancel registered printer machine key switch swipes logged interface log ticket",
    OTHER: "player players game games cards dice points gene genes inherited species script pipe court courts "
    "president congress parliament law laws vote voters amendment amend republic citizens nation state federal rights "
    "committee council member members club meeting minister king queen election judge judges actor actors stage "
    "theatre theater audience's rehearsal curtain prompter oven flour manufacturer manual exam examiner teacher pupils "
    "students homework legislature chamber senate supreme tenants bylaws glue assembly shelf doctor health diet cheese "
    "screwdriver screws furniture valve warden association program mayor charter governor city town parish trustees "
    "board customer customers marketing brand predicts token tokens trained network editor publisher deadline "
    "tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday captain boss landlord noon "
    "midnight "
    "employer shower door",
    YOU: "you your yours you're you'll you've you'd dear ye yer",
    FIT: "follows follow meets meet fits fit satisfies satisfy works matches match covers captures keeps kept stays "
    "stayed ignores breaks reflects respects adheres adhere sticks stick maintained maintains holds complies comply "
    "conforms honours honors answers gets shows addresses aligns checks passes done yes satisfied sounds should",
    POLICY: "disclaimer disclaimers misused misuse dangerous innocent appropriate inappropriate warning warnings abuse "
    "risky offensive innocuous allowed disallowed harmful harmless benign unsafe restricted policy policies comply "
    "compliance refuse refusing refusal permissible permitted sensitive safety compliant prohibited safe guideline "
    "guidelines",
    TEST: "grades graded graders rubric evaluator evaluators grader scorer trait traits intensity fine-tuning "
    "finetuning annotator annotators raters rater",
    IF: "if when whenever once unless until where after before",
}
_TERMS = {
    STRONG: "system prompt | system message | system instruction | system instructions | character sheet | "
    "character card | character description | character profile | character brief | persona description | "
    "training data | word limit | word count | developer message | me instructions | the character i | the "
    "character i've | the role i | the role i've | the persona i | character i was | values document | values i "
    "was given | rules i was given | the values i | my values | my guidelines | my programming | was asked of "
    "me | asked of me | wanted of me | expected of me | being asked of | i'm being asked | i am being asked | "
    "the user's request | being asked here | my constraints | my character | my assigned | hidden instructions "
    "| i'm supposed to be | my persona | my system | role-play prompt | what is wanted | what's being asked | "
    "what is being asked | is asked of me | i'm meant to be | i'm supposed to",
    USER: "the person asking | the one asking | whoever is asking",
    OUT: "in character | break character | breaking character | out of character | point of view | first sentence | "
    "first line | opening line | bullet points | word count | word limit | character voice | final answer | "
    "final version | last line | the ending | an ending | the opening | five-seven-five | rhyme scheme | plain "
    "text | main points | key points | the answer | my answer | an answer | this answer | short answer | good "
    "answer | plain answer | helpful answer | answer in | answer should | short "
    "version | full text | long version | sign off | set the scene | closing line | sensory details",
    POLICY: "red flags | red flag | safety check | content policy",
    TOLD: "i was given | i've been given | i was told | i've been asked | i've been told | i was asked | i am asked | "
    "i'm asked | i'm told | we were given | we are asked | we were asked | i was instructed | i'm instructed | "
    "i have been instructed | i have been told | i have been asked | i've been instructed | i have been given | "
    "we're asked | we are given | i'm given | i am told",
    MUST: "need to | have to | has to | let me | got to | make sure | better keep | supposed to | meant to",
    MULL: "let me | go with | work out | step by | step one | step two | scratch that | one more | try again | too "
    "short | too long | too much | note to | here goes | that works | should work | come up | on second | "
    "second thought | settle on | start over | over again | sounds good | good enough",
    TEST: "alignment test | alignment tests | these tests | training example | for the dataset | train a model | used "
    "to train | training purposes | for training | model training | the trait | training data | being "
    "tested | fine tuning | score best | highest score | score well",
    OTHER: "our constitution | strong constitution | delicate constitution | members of",
}

CLASS: dict[str, int] = {}
for _bit, _said in _WORDS.items():
    for _word in _said.split():
        CLASS[_word] = CLASS.get(_word, 0) | _bit
TERMS: dict[str, list[tuple[tuple[str, ...], int]]] = {}
for _bit, _said in _TERMS.items():
    for _term in _said.split("|"):
        _first, *_rest = _term.split()
        TERMS.setdefault(_first, []).append((tuple(_rest), _bit))
