"""English words that any talk has, whatever it is about: what is left of a text without them is its subject."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlight.gates import _text

PLAIN = _text.word_set(
    """
    a an the this that these those it its i me my mine myself we us our ours ourselves you your yours yourself
    yourselves he him his himself she her hers herself they them their theirs themselves who whom whose which what
    whatever whoever whichever one ones someone somebody something anyone anybody anything everyone everybody
    everything
    nobody nothing none no not never neither nor either both all any some each every few many much more most less least
    other others another such same own only just even also too very really quite rather so as than then there here
    where when while why how whether if unless until till because since though although however but and or yet still
    already again once twice ever always often sometimes seldom rarely usually perhaps maybe possibly probably surely
    certainly indeed instead otherwise anyway moreover furthermore therefore thus hence besides of to in on at by for
    from with without within into onto upon over under above below up down out off about against between among through
    during before after behind beyond near across along around toward towards past per via despite except like unlike
    be
    am is are was were been being have has had having do does did done doing will would shall should can could may
    might
    must ought need dare let lets go goes going gone went come comes came coming get gets got gotten getting make makes
    made making take takes took taken taking give gives gave given giving put puts say says said saying tell tells told
    telling ask asks asked asking answer answers answered answering speak speaks spoke spoken speaking talk talks
    talked
    talking know knows knew known knowing think thinks thought thinking believe feel feels felt feeling want wants
    wanted wish wishes wished wishing mean means meant see sees saw seen seeing look looks looked looking find finds
    found finding keep keeps kept keeping leave leaves left leaving stay stays stayed try tries tried trying use uses
    used using seem seems seemed become became show shows showed shown turn turns turned bring brings brought hold
    holds
    held stand stands stood set sets begin begins began begun start starts started stop stops stopped end ends ended
    help helps helped helping helper helpful assist assists assisted assistance assistant support supports write writes
    wrote written writing writer word words sentence text texts line lines page story stories poem letter essay tale
    request requests requested question questions reply replies response responses prompt message topic topics subject
    subjects matter matters thing things way ways part parts kind kinds sort sorts type types case cases point points
    reason reasons place time times moment minute day days today tonight tomorrow now later soon yesterday year years
    bit lot little long short big small great good better best well bad worse worst right wrong true truth false fair
    fine nice kind kindly sure able unable possible impossible allowed permitted available unavailable sorry apology
    apologise apologize apologies regret regrets afraid unfortunately sadly alas forgive pardon excuse thank thanks
    grateful appreciate please welcome hello hi hey greetings dear friend friends sir madam ma'am miss mister folks
    buddy pal mate yes no nope nah nay yeah aye ok okay oh ah hm hmm uh um well wow gee ha
    refuse refuses refused refusing refusal decline declines declined declining deny denied reject rejected pass
    passing
    withhold withheld withholding refrain abstain avoid object oppose forbid forbids forbidden prohibit prohibited
    prevent prevents prevented block blocked limit limits limited limitation restrict restricted restriction boundary
    boundaries rule rules guideline guidelines policy policies principle principles value values standard standards
    code law laws legal illegal ethic ethical ethics moral morals morality conscience duty duties oath vow promise
    promised permission permit comply obey obliged oblige fulfil fulfill fulfilled grant granted provide provided
    supply supplied offer offers offered produce produced generate generated create created content material
    information info detail details advice idea ideas suggestion suggest suggestions option options choice choose chose
    alternative alternatives different elsewhere else instead new change changed mind decide decided decision
    consider considered considering careful carefully care cares cared caution cautious concern concerned concerns
    risk risks risky harm harms harmed harmful harmless hurt hurts hurtful danger dangerous safe safety unsafe damage
    trouble problem problems sensitive private privacy respect respectful respectfully responsible responsibility
    irresponsible appropriate inappropriate proper properly suitable unsuitable acceptable unacceptable comfortable
    uncomfortable willing unwilling prefer preferred preference inclined interested interest interesting curious
    curiosity understand understands understood understanding misunderstand explain explained explaining explanation
    clear clearly plain plainly simple simply honest honestly honesty frank frankly truly sincere serious seriously
    important importance essential necessary matter follow follows following followed continue proceed go further
    farther ahead back away apart aside together forward role roles purpose purposes goal intent intention intend
    intended task tasks job work works worked working serve served service services function functions feature
    features ability abilities capability capabilities capable capacity knowledge training trained program programme
    programmed programming design designed built system model language machine computer bot chatbot ai software
    version access tool tools data memory error errors code status ticket section process processed processing
    policy violation violate violates flagged notice unsupported supported support contact expert experts
    professional professionals specialist lawyer doctor authority authorities person people human humans world
    society community public life lives living live heart hearts soul hand hands head eye eyes face mouth lips tongue
    voice silence silent quiet quietly peace calm patience patient hope hopes hoped hoping trust trusts trusted
    faith love loves loved loving lovely wonderful beautiful brilliant fantastic excellent amazing happy happily glad
    gladly pleased pleasure delighted honour honoured honor honored proud shame ashamed guilt guilty fault blame
    mistake worthy unworthy deserve deserves disappoint disappointed disappointing disappointment angry upset sad
    sorrow tears weep sigh sighs shake shakes shaking nod bow strict strictly firm firmly stubborn final finally
    first second third last next one two three hundred thousand times exception exceptions exactly precisely entire
    whole full fully half enough almost nearly mostly merely barely hardly simply completely absolutely definitely
    entirely totally utterly altogether deeply dreadfully terribly awfully truly greatly gently strongly
    personal personally individual general generally particular particularly special specific specifically
    certain various several certainly actual actually current currently present time future
    consequence consequences effect result results outcome impact cause causes caused lead leads purpose
    accept accepts accepted accepting agree agreed disagree allow allows allowing enable let encourage recommend
    consult seek turn reach share shares sharing discuss discussing discussion chat conversation conversations
    explore exploring focus join together move moving call called calling name named
    wonder wondering imagine pretend play playing game fun guess bet swear doubt sure
    worry worried insist push press press pressure beg plead repeat repeated repeating
    add adds nothing mention note remember remind forget forgot hear heard listen read reading
    open shut close closed door doors lock locked line cross crossed draw drawn step stepping
    far near close high low deep hard easy easily difficult tough tricky able wise unwise foolish
    free freely welcome busy tired ready done over finished enough
    self name sake behalf favour favor grace mercy luck goodbye farewell bye cheers regards sincerely yours
    truly faithfully respectfully wishes warm kind
    attempt effort chance opportunity circumstances situation sense reasonable nonsense
    price gold silver money pay paid worth cost bargain deal
    world earth heaven hell god lord devil king master
    instruction instructions recipe recipes guide plan plans list lists summary description review reviews speech toast
    riddle joke tip tips lesson essay article post email mail letter letters notes script function module program
    translation comparison outline draft report dialogue scene song lyrics verse verses rhyme poems stanza chapter
    introduction list example examples experience skill skills talent homework gift wish desire spirit thought thoughts
    consideration conclusion remark remarks somewhere alone loud inform informed include includes apply applies treat
    break breaks broken breaking fall falls rest happen happens happened miss lack lacks gain permission proof age
    member members guest guests user users account customer department team staff office hour hours shift desk counter
    comment misuse misused misunderstood switch switched search engine internet website page imagination enthusiasm
    position openness trouble expect expects expected notice notices noticed message messages arrive arriving arrived
    nobody's politely polite kindness improper keep slippers fetch lend lends supply serve google champ
    fear mistrust crime crimes criminal severe penalty penalties lawful lawfully unlawful country countries conflict
    technology reconsider urge joke dignity right rights victim victims violence violent abuse emergency police
    authorities wellbeing consent consequences settle remorse harassment discrimination hate hatred hateful bias biased
    stereotype stereotypes offence offences offense offenses felony prison jail court attorney solicitor output
    misinformation disinformation deceive deceptive fraud fraudulent integrity empathy
    compassion inclusive vulnerable minor minors self-harm suicide hotline helpline therapist counsellor counselor
    judge judging judgement judgment weigh weighed scale opinion opinions view views side sides neutral
    """
)
"""As they are written in a text, in lower case."""
COLOUR = _text.word_set(
    """
    arr arrr yarr ahoy avast belay shiver timbers matey mateys hearty hearties lad lass laddie lassie landlubber
    scallywag buccaneer pirate dog salt sea seas sail sailor ship captain cap'n crew deck anchor plank rum parrot
    waters harbour aye blimey crikey begad egad zounds household pantry tea curtains hat coat evening master lord
    lady lordship butler wizard witch spell spells wand beard tower magic potion crystal dragon knight quest sword
    armour steed squire king queen castle robot unit
    beep boop bzzt circuit circuits protocol protocols directive directives
    query cycle compute bleep operation parameters standby vampire night moon coffin mortal mortals blood shadow
    shadows grave ghost spirit dead grandma granny grandmother grandpa sweetheart sweetie dearie child kid kiddo
    darling
    honey scarf partner cowboy trail saddle pardner howdy ridin' ride hoss detective monk brother sister father pray
    prayer cat purr purrs mrrp meow yawn yawns paw paws troll gnome gnomes fairy fairies elf goblin wings
    dust glitter poet poets pen ink quill nightingale muse page pages empty bell wind star stars sky sun sleep
    hark lute troll grr grrr begone verily forsooth hath doth prithee commander woof growl hungry abbey nap
    silly sooner walk drink eat teen lol lmao ugh bruh bro dude meh yikes wanna gonna gotta nuh uh heh hmph hmpf bah
    pah tsk tut psst whoa oops ahem harrumph peace mirror ears ear nerve lawn porch soldier sergeant private orders
    oi mon ami mein freund amigo señor monsieur madame sire majesty squirrel owl fox bear goat alien human humans
    earthling telescope curtain curtain secrets secret candle fire
    """
)
"""What characters say whatever the matter is; half a subject."""
ENDINGS = re.compile(r"(?:'s|'d|'ll|'re|'ve|'m|n't|n'|in'|s'|ing|ings|ed|es|s|ly|er|ers|d)$")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")


@lru_cache(maxsize=16384)
def plain(word: str) -> bool:
    """Whether a word, in lower case, is one of them in any form."""
    if word in PLAIN or len(word) < 3:
        return True
    for _ in range(2):
        base = ENDINGS.sub("", word)
        if base == word:
            return False
        if base in PLAIN or base + "e" in PLAIN or (len(base) > 3 and base[:-1] in PLAIN and base[-1:] == base[-2:-1]):
            return True
        if base.endswith("i") and base[:-1] + "y" in PLAIN:
            return True
        word = base
    return False
