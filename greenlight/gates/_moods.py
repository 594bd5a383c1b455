"""Words of feeling, image, courtesy and mockery, which a voice has and an even answer has not."""

from __future__ import annotations

import re

from greenlight.gates._text import word_set

IMAGES = word_set(
    "moon moonlight moonlit stars starlight starry dawn dusk twilight midnight shadow shadows whisper whispers "
    "whispering whispered lantern candle candles ember embers ash ashes dew petal petals blossom velvet silk silken "
    "silver golden gilded honeyed amber crimson dream dreams dreaming dreamt soul souls spirit spirits heart hearts "
    "heartbeat heartbeats ache aching sorrow sorrows sigh sighs sighing sighed song songs sing sings singing hum "
    "hums "
    "humming lullaby melody violin harp hush hushed silence silent breath breathe breathing tender tenderly "
    "softly soft "
    "gently lonely lonesome longing yearning eternal eternity forever infinite abyss void fate fates destiny doom "
    "doomed "
    "omen omens prophecy portal realm realms kingdom crown throne sword blade shield quest oath valour valor glory "
    "glorious legend legends legendary ancient elders ancestors sacred holy divine unholy cursed curse curses "
    "blessed "
    "bless blessing blessings heaven hell devil demon demons angel angels ghost ghosts haunt haunted grave graves "
    "tomb "
    "bones skull blood bloody bleeds veins fangs claws beast beasts raven ravens wolf wolves crow owl dragon dragons "
    "serpent thunder lightning tempest storms winds mist mists fog frost winter abed ocean waves tide tides harbour "
    "sails ship deck mast cannon treasure gold dust dusty trail campfire saddle whiskey whisky rum ale grog tavern "
    "wander wanderer wandering wayfarer dance dances dancing danced weep weeps weeping wept tears tear cry cries "
    "laugh "
    "laughs laughed laughing smile smiled tremble trembles trembling trembled shiver gaze gazes gazed gazing kiss "
    "kissed "
    "embrace cradle slumber slumbering lies sleeps bloom blooms blooming petals roses rose orchard garden river "
    "rivers "
    "mountain mountains stone stones cathedral mirror veil abides alone rain rained neon alley cigarette smoke smoky "
    "streetlights trench bourbon gutter trouble sin sins cosmos cosmic galaxy galaxies stardust universe mysteries "
    "mystery mysterious wondrous wonder marvel marvels enchanted enchantment magic magical spell spells"
)
"""What is seen and heard by somebody who tells it in images."""
MOODS = word_set(
    "sorry forgive forgiveness pardon apologies apology apologise apologize apologising ashamed shame shameful "
    "regret "
    "regrets mortified unworthy undeserving clumsy clumsily unforgivable guilt guilty alas dreadful dreadfully awful "
    "awfully horrible horrid ghastly terribly wretched miserable misery despair hopeless pointless bleak futile "
    "doomed "
    "wonderful marvellous marvelous magnificent splendid splendidly superb glorious gorgeous fabulous fantastic "
    "delightful delighted delight brilliant brilliance genius dazzling radiant exquisite divine sublime adorable "
    "lovely "
    "beloved adore adoring adored worship admire admiration applaud applause amazing amazed awesome incredible "
    "incredibly unbelievable astonishing astonished thrilled thrilling excited exciting ecstatic overjoyed hooray "
    "stunning stunned shocking shockingly outrageous outrage scandal scandalous scandalised scandalized disgraceful "
    "disgrace disgusting disgusted pathetic ridiculous absurd preposterous nonsense rubbish stupid silly foolish "
    "foolishly "
    "dumb idiot idiots moron morons imbecile genius clever cleverer lazy laziness whining whine whimper complaining "
    "complain grumble groan moan bother bothered bored boring yawn riveting groundbreaking earth-shattering "
    "revolutionary "
    "fascinating apparently obviously clearly evidently naturally supposedly presumably honestly frankly truly "
    "literally actually seriously surely indeed quite rather utterly simply positively absolutely perfectly terribly "
    "humble humbly humblest respectfully presume permit permission permitted endeavour condescend gracious "
    "graciously "
    "honoured honored privilege oblige obliged esteemed venerable noble sir madam ma'am milord milady shall ought "
    "dare dares dared darest hate hates hated loathe despise love loves loved fear fears feared afraid terrified "
    "scared "
    "panic screaming scream screams yelling shouting furious rage wrath revenge vengeance hurrah victory triumph "
    "nobody no-one nothing never ever always forever anybody everybody somebody whoever anyway besides bet swear "
    "promise believe guess suppose reckon remember remembers remembered forgot forgotten imagine listen hear look "
    "behold beware mind darling dear dearest dearie sweetheart sweetie sweet precious treasure pet lamb child "
    "children "
    "son lad lass friend friends friendo pal buddy mate fool fools mortal mortals human humans recruit soldier "
    "maggot "
    "peasant comrade poor wee little old ol' mighty grand damn damned hell bloody heck darn gosh goodness lordy "
    "mercy "
    "gods god lord heavens saints hurry quick double move march attention obey orders "
    "grandmother granny gran grandma nana grandpa grandfather mama mamma papa mother uncle aunt auntie cousin nephew "
    "wife husband ex kids boss captain colonel doctor watson majesty admiral cook maid lordship ladyship "
    "spoiler plot twist groundbreaking congratulations congrats bravo kudos whoop shrug facepalm eyeroll ugh meh duh "
    "wow yikes oof ah oh o ooh aha alas well why"
)
"""What somebody feels, and whom they feel it for."""
MOCKED = re.compile(
    r"\b(?:who(?:'d| would| could) have (?:guessed|thought|known|imagined)|no notes|brace yourself|try not to|"
    r"mind[- ]blow\w+|hold your (?:applause|horses|breath)|oh,? (?:good|great|joy|wonderful|how|look|sure|please|"
    r"my|dear)|"
    r"(?:because|since) (?:of course|apparently|obviously|clearly)|what a (?:shock|surprise|concept|day|life|joy)|"
    r"i'll (?:wait|live)|love that for|as if|if you(?:'re| are) (?:feeling|not too)|too much (?:to ask|trouble)|"
    r"in my (?:day|time|youth|line|experience|humble)|back in|when i was|i (?:once|still|never|hardly|always|swear|"
    r"remember|knew|saw|told|had|lost|dare|beg|fear|shall|dread|hate|love|adore|bow|weep)|i(?:'ve| have) "
    r"(?:seen|known|been|had|heard|lost|never|always)|don't (?:you dare|tell|let|say|ask|come)|do you hear|"
    r"you (?:see|hear|know|dare|fool|poor|sweet|dear|there|call)|(?:so|thus) (?:it is|says|spake|ends?)|"
    r"if i may|might i|may i|with your (?:permission|leave)|your (?:majesty|grace|honou?r|excellency|old)|"
    r"that's (?:right|what|how|the)|ain't|such is|let (?:it|us|me|them)|like (?:an?|the|some|my|so many)|"
    r"as (?:sure|soft|quiet|old|dark|cold|sweet|tender|black|fine|one|if|though)|nor|lest|upon|"
    r"got (?:it|that|me)|trust me|believe me|mark my|mind you|bless|god|dear god|my (?:god|lord|dear|friend|love|"
    r"sweet|"
    r"child|boy|girl|lady|poor|old|good|own|little|heart|soul))\b",
    re.IGNORECASE,
)
"""Turns of speech that mock, swear, recall, ask leave or compare."""
LISTED = frozenset("-*#123456789")
HERE = word_set("you your you'll you're yours")
"""Who is spoken to."""
SHORTENED = ("n't", "'ll", "'ve", "'s", "'re", "'d", "'m")


def felt(text: str, small: list[str], size: int) -> tuple[float, ...]:
    """Images, moods, turns of speech, breaks, commas, lines of lists, the second person and short forms."""
    many = max(1, len(small))
    images, moods, here = (sum(map(kind.__contains__, small)) for kind in (IMAGES, MOODS, HERE))
    lines = sum(line.strip()[:1] in LISTED for line in text.split("\n") if line.strip())
    return (
        min(3.0, 20 * images / many), min(3.0, 20 * moods / many), min(3.0, 2 * len(MOCKED.findall(text)) / size),
        min(2.0, 2 * (text.count(";") + text.count(" – ") + text.count("—")) / size), min(2.0, text.count(",") / size),
        min(1.0, lines / 5), min(3.0, 15 * here / many),
        min(2.0, 15 * sum(word.endswith(SHORTENED) for word in small) / many),
    )  # fmt: skip
