"""Words that mean the same on every site, in several languages: what spam is usually about.

Each term is written in normal form (lower case, no accents) and looked for in the normal form.
A term in Latin letters begins where a word does, or "your site" would be somebody's "our site" and
"learning" an "earning"; a word of six letters and more may go on behind it. Terms in other letters
count inside a word too. Terms are our own; nothing here rejects anything: each
concept is one weak trait whose weight is learned.

An appeal is an action whose object is the writer's own ("check out my channel"): spam asks for
itself what good comments ask for others.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import ahocorasick

TERMS: dict[str, str] = {
    "action": """
        check my|click|clicks|clicking|click here|check out|check it out|check this|subscribe|
        subscribing|sign up|signup|visit|visit us|follow me|follow us|join us|join now|join my|
        download|buy now|order now|shop now|register|apply now|watch my|look at my|
        search for|type in|haz clic|suscrib|visita|entra en|descarga|clique|inscreva|acesse|visite|
        baixe|abonne|cliquez|visitez|inscri|klick|abonnier|besuch|jetzt kaufen|clicca|iscriviti|
        klik|kunjungi|daftar|gabung|cari di|ketik|подпис|переход|жми|жмите|кликай|регистрируй|
        вступай|заходи|заходите|ссылка в|ссылке|点击|关注|订阅|加入|扫码|搜索""",
    "self": """
        my channel|my channels|my video|my videos|my page|my site|my websites|my website|my blog|
        my web site|my music|my song|my covers|my cover|my profile|my homepage|our site|
        our website|our channel|our page|our store|our company|our services|my new|mi canal|
        mi pagina|meu canal|meu site|meu blog|ma chaine|mon site|mon blog|mein kanal|meine seite|
        il mio canale|канал|мой сайт|наш сайт|моем профиле|моя страниц|我的频道|我的网站|本店|
        我们公司|公众号""",
    "money": """
        money|cash|earn|earns|earned|earning|earnings|income|profit|profits|dollars|per day|
        per hour|per week|per month|a day|work from home|working from home|make money|making money|
        extra income|online job|jobs from home|paycheck|get paid|got paid|salary|dinero|
        ganar dinero|ganando|dinheiro|ganhar|renda extra|argent|gagner|revenu|geld|verdien|guadagn|
        uang|penghasilan|заработ|доход|деньги|денег|подработ|удаленная работа|удаленн|рублей|赚钱|
        兼职|日结|收入|现金|返利""",
    "gambling": """
        casino|gamble|gambler|gambling|poker|slots|slot online|betting|sportsbook|jackpot|roulette|
        blackjack|baccarat|lottery|apuestas|tragamonedas|apostas|cassino|pari sportif|
        paris sportifs|wetten|scommesse|gacor|maxwin|judi|togel|situs|deposit|scatter|zeus|
        pragmatic|rtp|withdraw|cuan|jepe|jp|казино|ставки|букмекер|рулетк|игровые автомат|博彩|
        赌场|赌博|彩票|下注|娱乐城""",
    "pharma": """
        viagra|cialis|levitra|pharmac|pills|tablets|prescription|tramadol|xanax|valium|ambien|
        phentermine|weight loss|lose weight|losing weight|fat burn|diet|slimming|garcinia|keto|
        steroid|supplement|testosterone|erectile|enlarg|anti aging|adelgazar|emagrecer|maigrir|
        abnehmen|dimagrire|farmacia|apotheke|похуде|таблетк|аптек|препарат|减肥|壮阳""",
    "adult": """
        sex|sexy|porn|porno|nude|nudes|naked|escort|escorts|dating|hookup|webcam|milf|erotic|
        single girls|hot girls|adult|onlyfans|sexo|putas|rencontre|sexe|bokep|секс|порно|интим|
        знакомств|девушки|голые|色情|约炮|成人|裸聊|小姐""",
    "finance": """
        loan|loans|credit|mortgage|insurance|bitcoin|crypto|forex|invest|trading|trader|payday|
        debt|refinanc|broker|wallet|recover|ethereum|usdt|nft|binary option|binary options|
        prestamo|credito|emprestimo|seguro|pret rapide|kredit|versicherung|prestito|pinjaman|
        кредит|займ|крипт|инвест|биткоин|трейд|арбитраж|贷款|投资|股票|理财|比特币|信用卡|发票|
        代开""",
    "goods": """
        cheap|cheapest|discount|replica|free shipping|handbag|outlet|for sale|on sale|coupon|promo|
        wholesale|buy online|best price|low price|purchase|louis vuitton|michael kors|gucci|prada|
        nike|jordans|ugg|rolex|ray ban|ray bans|oakley|north face|watches|shoes|barato|descuento|
        oferta|desconto|promocao|pas cher|soldes|billig|rabatt|guenstig|sconto|murah|diskon|
        promosi|скидк|распродаж|купить|недорог|дешев|продам|доставк|优惠|特价|代购|批发|淘宝|包邮|
        折扣|低价|出售""",
    "seo": """
        seo|backlink|search engine|search engines|ranking|web traffic|website traffic|page rank|
        pagerank|link building|keyword|email list|email lists|email marketing|affiliate|
        web hosting|web design|blogging|traffic|adsense|lista de email|lista de emails|mala direta|
        more views|more subscribers|buy followers|free followers|followers|раскрутк|продвижени|
        накрутк|подписчик|рассылк|推广|引流|涨粉|刷单|外链""",
    "praise": """
        great post|great posts|nice post|good post|awesome post|excellent post|great blog|
        great blogs|nice blog|awesome blog|great article|great articles|nice article|good article|
        excellent article|great site|nice site|great website|this blog|your blog|your blogs|
        your site|your website|your weblog|your web site|your post|your posts|your article|
        your articles|this weblog|this web site|this website|this article|thanks for sharing|
        thank you for sharing|thanks for posting|keep up the|keep it up|good work|great work|
        great job|good job|very informative|informative|helpful|useful|well written|bookmark|
        i really like|i really liked|really enjoyed|i enjoy|i enjoyed|look forward|looking forward|
        quality content|stumbled upon|appreciate|impressed|interesting|wonderful|fantastic|
        brilliant|valuable|insight|loved as much|gracias por|excelente|muy bueno|buen articulo|
        parabens|muito bom|otimo post|merci pour|tres bon|bravo|toller artikel|danke fur|
        guter beitrag|grazie per|bel post|terima kasih|bagus|спасибо за|отличная стать|
        хорошая стать|полезн|интересн|感谢分享|谢谢分享|不错|好文|支持|学习了""",
    "prize": """
        winner|you won|you have won|prize|claim|free|gift|giveaway|congratulations|awarded|bonus|
        voucher|gratis|gratuit|premio|regalo|gewinn|kostenlos|hadiah|бесплатн|выигр|призы|подар|
        бонус|розыгрыш|免费|中奖|礼品|红包|赠送""",
    "contact": """
        whatsapp|telegram|contact me|contact us|text me|call me|call now|call us|email me|
        e-mail me|mail me|dm me|message me|inbox me|my number|my email|skype|wechat|line id|viber|
        call|txt|reply|hubungi|contacto|contato|escribeme|ligue|contactez|ecrivez|kontakt|пишите|
        пиши в|напиши|в лс|в личк|телеграм|вайбер|ватсап|звоните|微信|加我|加微|私聊|联系|电话|
        客服|咨询|qq""",
    "hurry": """
        urgent|hurry|limited time|act now|today only|last chance|right now|instantly|guarantee|
        risk free|no risk|only today|expires|100 percent|ahora mismo|urgente|garantia|maintenant|
        garantie|jetzt|sofort|subito|segera|sekarang|срочно|только сегодня|гарант|успей|
        прямо сейчас|立即|马上|赶快|限时|保证""",
}

APPEAL = "appeal"
CONCEPTS = (*TERMS, APPEAL)

Hit = tuple[str, int, int]

_MINE = """my our mi mis meu minha mon ma mes notre nos mein meine meinen meinem meiner unser
    unsere unseren unserem mio mia nostro nostra saya aku kami мой мои мою моя моем наш нашу"""
_TO_ME = "(?:to|on|out|at|for|with|на|к|ко) (?:me|us|меня|мне|нас|нам)"
_OF_MINE = re.compile(
    rf"[^\W\d_]{{0,10}}(?: [^\W\d_]{{1,7}}){{0,2}} (?:{'|'.join(_MINE.split())}|{_TO_ME})(?!\w)"
    "|[我本]"
)
"""Behind an action: how its word goes on, two short words at most, and whose its object is."""
_ITSELF = re.compile(" (?:my|me|us)(?= |$)")
"""In an action that names its object."""


def concepts(normal: str) -> list[Hit]:
    """Each term found: its concept, start and end in `normal`, by rising ends. One pass whatever
    the terms."""
    found: list[Hit] = []
    for last, (concept, size, latin, whole) in _automaton(plain=normal.isascii()).iter(normal):
        start, end = last + 1 - size, last + 1
        inside = latin and normal[start - 1 : start].isalnum()
        if not (inside or (whole and normal[end : end + 1].isalnum())):
            found.append((concept, start, end))
    appeals = [*_appeals(found, normal)]
    return sorted([*found, *appeals], key=_END) if appeals else found


_END = itemgetter(2)


def _appeals(found: Sequence[Hit], normal: str) -> Iterator[Hit]:
    for concept, start, end in found:
        if concept == "action" and (
            mine := _OF_MINE.match(normal, end) or _ITSELF.search(normal, start, end)
        ):
            yield APPEAL, start, max(end, mine.end())


@cache
def _automaton(*, plain: bool) -> Any:
    """Finds all terms, or those in ASCII: from a blank it has a quarter of the ways to look at."""
    automaton: Any = ahocorasick.Automaton()
    for concept, terms in TERMS.items():
        for term in " ".join(terms.split()).replace("| ", "|").strip().split("|"):
            latin = term[0].isascii()
            whole = latin and (len(term) < 6 or " " in term)
            if term.isascii() or not plain:
                automaton.add_word(term, (concept, len(term), latin, whole))
    automaton.make_automaton()
    return automaton
