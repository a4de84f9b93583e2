"""Good comments in the words that spam is fond of: what few labels of a site don't show.

Where every labelled comment that says *subscribe* is spam, a layer learns to condemn the word, and
whoever asks how to subscribe with it. These are invented, and none of `training.known_good`, which
stays unseen. They teach each site's layer as so many good comments of little WEIGHT.
"""

from collections.abc import Sequence

from model.comment import Comment, Example, Label

WEIGHT = 0.03
"""Of a moderator's label. At a tenth they cost accuracy; at a hundredth they save no one."""

_TEXTS = (
    "How do I subscribe to the comments without leaving one?",
    "I subscribed last year and have enjoyed every single issue since.",
    "The newsletter landed in my junk folder again, could you check the sender?",
    "Is there a free version, or do I have to pay before I can try it?",
    "Please check out the second chapter again, I think the numbers are off.",
    "My channel of communication with the bank is still the telephone, sadly.",
    "I watched the whole video twice, the part about the bridge is great.",
    "Click on the small arrow at the top and the menu opens.",
    "We won the game last night, what a finish!",
    "How much money did the repair cost you in the end?",
    "The price has doubled since I ordered mine in May.",
    "Thank you so much for this article, it helped me a lot.",
    "Nice article, I read it to my daughter this morning.",
    "I love this song, it reminds me of my grandmother's kitchen.",
    "Can you send me the file again? The link in your mail is broken.",
    "I have the same phone and the battery lasts two days.",
    "Call your doctor if it does not get better within a week.",
    "My website went down after the update, rolling back fixed it.",
    "I work from home too, and the cat decides when I stop.",
    "Follow the path along the river and turn left at the mill.",
    "Does anybody know who plays the guitar in the third verse?",
    "Good luck with the new job, we will miss you here!",
    "I am looking for a cheap hotel near the station, any advice?",
    "This offer was sold out within an hour, what a pity.",
    "Happy birthday! See you all on Saturday.",
    "I disagree, the first version was easier to read.",
    "It does not work on my machine, the log says permission denied.",
    "My visa took three months, so apply early.",
    "Great work as always, looking forward to the next part.",
    "Are you coming tonight? Text me when you leave.",
    "Wie kann ich den Newsletter abbestellen? Ich finde den Knopf nicht.",
    "Est-ce que la version gratuite suffit pour un petit jardin ?",
    "¿Alguien sabe si el precio incluye el envío?",
    "Подпишите меня, пожалуйста, на новости, форма выдаёт ошибку.",
    "Сколько стоит доставка в Казань?",
    "Bagaimana cara berlangganan tanpa aplikasi?",
    "Saya sudah coba, harganya naik lagi minggu ini.",
    "请问免费版可以用多久?",
    "Please put me on your mailing list, I moved house and lost the address.",
    "Where is the form to subscribe? I looked everywhere.",
    "Please unsubscribe me, these mails come twice.",
    "I would like to subscribe for a friend, is that possible?",
    "The subscribe button does nothing on my tablet.",
    "Could somebody add my name to the list for Sunday?",
    "Can I pay for the subscription by invoice?",
    "My subscription ended in June, what happens now?",
    "Do I have to subscribe to read the second half?",
    "I tried to subscribe but my mail was refused.",
    "Thanks, I have subscribed and look forward to it.",
    "Can my mother subscribe too? She reads on paper only.",
    "Comment puis-je me désinscrire de la liste ?",
    "Ich möchte den Rundbrief abonnieren, die Seite lädt nicht.",
)

EVERYDAY = tuple(
    Example(comment=Comment(content=text), label=Label.HAM, source="everyday") for text in _TEXTS
)

FROM = 100
"""Labels below which nothing is rejected by the site's word alone (training.borrowed): then none of
this is needed, and it costs accuracy where labels are few."""


def beside(
    examples: Sequence[Example], trust: Sequence[float] | None = None
) -> tuple[list[Example], list[float]]:
    """A site's examples and their trust, 1 by default, and from FROM on behind them the everyday
    ones."""
    own = [1.0] * len(examples) if trust is None else trust
    if len(examples) < FROM:
        return [*examples], [*own]
    return [*examples, *EVERYDAY], [*own, *[WEIGHT] * len(EVERYDAY)]
