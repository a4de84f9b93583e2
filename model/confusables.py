"""Letters that look like Latin ones: Unicode's confusables, drawn from its security data.

Source: Unicode Technical Standard 39, confusables.txt, kept to single letters whose
skeleton is one ASCII letter and that no compatibility form already undoes; a test compares
it with the table in the package confusable-homoglyphs. Capitals stand beside small letters
because they resemble different ones: Н looks like H, н like nothing in that table.
"""

_LIKE = {
    "a": "ɑΑαАаᎪᗅꓮ𐊠𖽀",
    "b": "ƄΒВЬвᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁",
    "c": "СсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜",
    "d": "ԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "ΕЕеҽᎬⴹꓰꬲ𐊆𑢦𑢮",
    "f": "ϜքᖴẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂",
    "g": "ƍɡԌցᏀᏳᶃꓖ",
    "h": "ΗНнһհᎻᏂᕼⲎꓧ𐋏",
    "i": "ıɩɪΙιІіӀӏᎥⲒꙇꭵ𑣃",
    "j": "ͿϳЈјᎫᒍꓙꞲ",
    "k": "ΚκКкᏦᛕⲔꓗ𐔘",
    "l": "ƖǀᏞᒪᛁⳐⵏꓡꓲ𐊊𐌉𐐛𐔦𑢣𑢲𖼖𖼨",
    "m": "ΜϺМмᎷᗰᛖⲘꓟ𐊰𐌑",
    "n": "ΝոռⲚꓠ𐔓",
    "o": "ΟοσОоՕօଠഠဝჿዐᴏᴑⲞⲟⵔꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑢵𑣈𑣗",
    "p": "ΡρРрᏢᑭⲢⲣꓑ𐊕",
    "q": "ԛգզⵕ",
    "r": "ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵",
    "s": "ƽЅѕՏᏕᏚꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺",
    "t": "ΤτТтᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊",
    "u": "ʋυՍսሀᑌᴜꓴꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂",
    "v": "νѴѵᏙᐯᴠⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈",
    "w": "ɯѡԜԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏",
    "x": "ΧХхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧",
    "y": "ɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃",
    "z": "ΖᏃᴢꓜꮓ𑢩𑣄",
}

_ALSO = {
    "a": "ᗩ", "b": "ც", "c": "ᑕ", "d": "δ", "k": "қ", "n": "ᑎηŋ", "q": "ᑫ",
    "s": "ᔕ", "u": "Ʉʉ", "w": "ᗯωῳ", "x": "᙭χҳӾӿ", "z": "ᘔ",
}  # fmt: skip
"""Not in Unicode's table, but in the alphabets that "fancy text" pages on the web produce."""

LATIN: dict[str, str] = {
    like: letter for table in (_LIKE, _ALSO) for letter, likes in table.items() for like in likes
}
"""A letter of another script -> the small Latin letter it looks like."""

CYRILLIC: dict[str, str] = dict(zip("abcehikmoptuxy3", "авсенікмортихуз", strict=True))
"""The other way, for Latin letters put into Russian words."""
