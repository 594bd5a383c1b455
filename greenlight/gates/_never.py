"""English words that are never neighbours, and pieces that are no words: what sentences cannot be made of."""

from __future__ import annotations

from greenlight.gates._text import word_set

NEVER = """
the: a an of to at for with by into upon against between about through and or but nor is are was were be been am than
  that who whose because unless although until since its he she they we you him her them his their my your our me this
  these those there would could should has have had do does did too also often where any some each every such either
  neither therefore however
a: the an of to on at for with by into upon under about but is are was were be been am that which who whose if because
  unless until since its he she they we you him her them his their my your our me this these those as so there would
  could should has have had do does did also never always only even then when where what how why all any some each
  every such both either neither therefore however up out off
an: the a of to for with from by under about and or but is are was be been than that which unless while its him her
  them his their my me this these not no as so would should has have do does also more most only just then when where
  what how any some each such
of: to for with into upon against between under through but is are was be been than because unless until since he she
  they we could should has have do does did also never even then off down
to: of in for with from into upon between under over about through nor is are was were been am than if because unless
  until he she they would could should had does did very therefore down
in: of into against but are were be been than who if because unless until not would could should have had does did
  also always then why however still yet up down
on: of between under over are were be been being than while since he she they could should do does also always still
at: of to on for with from by but is are was be he she we as should has have do also only then out
for: to with from into upon against between under but is are was were be been am unless while until since would could
  should has does also always off down
with: of to from into between under through is are were be been than if because unless since he she we not there would
  could should do does also always then
from: of to for with by into about but are be been than unless he she they we not would should has have do does
by: of to in for into is are be been than if unless he she they we as there would should do does out
into: of to on for with from by be you as more when
upon: of for is
against: of in and
between: of to in for with be if
under: of to in on for with is are be if not
over: of is are be if my not
about: of on from by be will
through: of be not
and: been
or: and but unless him them us me then still
but: and or us up
is: are were be been am who whose unless while until since they we you him them me these will would could should may
  must has have had do did each many
are: with into is was been than if unless while it she him her them us me will would can could should may must has
  does where
was: is are be if you us these will can may must has have
were: with is be if
be: is are was were been than which if unless while since we him them me will would can could should may has had
  does did each down
been: of for from is are be if this not will can
being: for with is be if it
am: is
than: be no more
that: between about or been than him them me how
which: us
who: and if
whose: of to in for and is
if: of with into between over or are were be been being than who because unless while until since him them as will
  would should may must had does very also always how much up down
because: for be
unless: of to with from by and or are be if not as will
while: of from or is are if as
until: of for and if
since: of to with and is be if
it: of about than its he she they them their our us this these how
its: of to on for with from by is are be that if you my this as all
he: at by if it she your us these when all
she: a of in on for by or if he my us this these when all any
they: the a an by or is if it you as
we: the a an by or is if it my when
you: unless it its they us has does each
him: is if it
her: or are if these
them: an it
his: the a an of in on at for with from by but is are was be which if he my this these not as more when all
their: the a an of to in on for with is are be that if my this not
my: the a an of to in on at for with from by into under over about but is are was be been than that which if unless
  while its he they we you him her them his their your our me this these not as there would should has have do does
  also then when where what how all some each such both up
your: the a an of to in at for with from by but is are was be that which if he she you my this these not no as so have
  also when any
our: the a an to in on for with is are be that if my this not as
us: is are which if it he she her my your these can may also only then
this: the of about or than unless its she they him them me these those not what how any each every such both
these: the a an of for but was which he she her this not so has more then any
those: if this
not: about through and are was were than will would can could may must does each
no: the a an to in on at for with into and but is are was be than that which he she we you her his my your this these
  not so there should has have also only then when all any some each up out
as: about but be been than which unless while them should must also
so: or which us more
there: if this
will: the a on into is are was been than that which if unless its her us me these as there can should may must has
  does when where how up
would: an of and or is are if
can: a an of to in on for with into about is are was been than which if unless its her his us me these there will
  should may must does when where what some each up
could: a of in on with or is are
should: on for and or is are if as will can more when
may: the a to on from by and is are was which us will can must when any
must: the a an of in on for or but is are was that which if you her his us this as will may has more when any
has: of are was be which if you can must
have: was be which if will can may must when
had: is be if
do: of from by are will can only
does: by are be if will can
did: of be if
very: the of to in on for with and is be that if it this not
too: the a of to in on is be this
also: and or but are was which he us so
never: is this
always: with if it this not
more: an into was which if her us this these not no there should do also only then all any some out
most: an on for is be my not as
only: are was which not may must also all
just: from or are if
even: is
then: of or which
when: of for into or is be than which if so can should has then up
where: with from by or
what: on for as all
how: on for from by be as
why: of to for
all: a unless me no has does only then where what any some each up
any: the a an to at for with by and was which if she you my your this these not no as so have also only when
some: the a an on at from but is if you my this no as when all
each: the an by or are that if you my this no more when all
every: the a to in for and is be if this
many: the to be this
much: and
such: the of to on for with from by and are my not
both: if
either: and
however: of to is
already: of to for and if this
still: or if this
yet: and
up: is are be no can
out: be you not will can
off: be
down: is be
"""
"""Small words, and which of the small words never follow them. Counted in six million words of stories, plays and
handbooks: where the two are common enough to have met by chance six times, they met in fewer than one of fifty."""


def _pairs(table: str) -> frozenset[tuple[str, str]]:
    found, first = set(), ""
    for word in table.split():
        if word.endswith(":"):
            first = word[:-1]
        else:
            found.add((first, word))
    return frozenset(found)


PAIRS = _pairs(NEVER)
ENDS = frozenset(
    word + mark
    for word in word_set("the a an and or my your our their its than into because unless whose every")
    for mark in ".;"
) | word_set("a, an, their, its, whose, every, than,")
"""Words that no clause ends in."""
PIECES = word_set(
    "tion sion ation ization isation ition ations ness nesses ingly edly ably ibly ously iously ively ically"
    " ility ality"
    " ational ative itive istic ular ulate olog ology ological ible ious eous uous ency ancy ence ance ould ough"
    " ized izing ised ising ering ating ated ement ements ership ectomy itude ment ify ifying oglyph"
    " ceed quent esque ers ery phon"
)
"""Pieces of words as tokenizers have them, which no language has for a word."""
