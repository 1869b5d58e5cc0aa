"""What somebody asks back (誰が読むの？ お金はかかる？ 罹災証明って何？): the topic, to be answered before anything is asked again.

Only what is plainly a question about the talk itself, or plainly a wish for somebody; a worry (修理にいくらかかるか心配) is an answer.
"""

import re

from dialogs.core.reading.text import hiragana, normalise

LONGEST = 80
"""Letters. What is longer is told, not asked."""

_HINT = re.compile(
    r"[?か誰何]|だれ|もらえ|通訳|つうやく|interpreter|translator|頼み|たのみ|止ま|出ら|\b(?:no|have)\b|ないで|んといて|どなた|なに|なん|どう|どこ|いつ|まだ|[のん][。.!]*$|ない|ません|ん$|へん|たい|ほしい|欲しい|くれ|ください|小さ|ちいさ|むずか|難し|来て|きて"
    r"|困|なぜ|内緒|秘密|ないしょ|ひみつ|なくな|\b(?:who|what|when|where|how|do|does|is|are|can|can't|cannot|will|need|want|nani|nan|dare|ka|talk|speak|come|understand|difficult|confus\w*|why|too|still|send|nobody|no one|not|yet|haven't|hasn't)\b"
)
"""Without one of these nothing is asked: most of what is typed is an answer, and is let go at the first look."""

_ASKS = re.compile(r"\?|(?:か|かな|かね|かい|かしら|やろ|の|のん|(?<![せへ])ん|と|だろう|でしょう|なん|だれ|誰|何)[。.!]*$|ですか|ますか|んか")
_STARTS = re.compile(r"(?:who|what|when|where|how|do|does|is|are|can|will)\b")
_PLAINLY_ASKED = re.compile(r"(?:です|ます|ません|でしょう|ました|たらいい|ればいい)(?:の)?か[。.?!]*$|(?:どうしたら|どうすれば)(?:いい|ええ|よい)[^。]{0,6}$")
_ASKED_IN_ENGLISH = re.compile(
    r"(?:who|what|when|where|why|which|how|do|does|did|is|are|am|can|could|will|would|should|may)\b[a-z' ,-]{6,}\?$"
    r"|what (?:should|can|do|must) i do\b|what happens\b"
)
_TOLD = r"(?:知ら|しら|ばれ|わか[らっり]|分か[らっり]|つたわ|伝わ|もれ|漏れ|言わ|いわ|話さ|見られ|みられ|広ま)"
_OTHERS = (
    r"(?:近所|ご近所|きんじょ|隣|となり|町内|集落|近く|まわり|周り|家族|かぞく|親|子|息子|娘|夫|旦那|だんな|主人|妻|嫁|会社|かいしゃ|職場|学校|大家|よその人|ほかの人|他の人|人様|みんな|世間)"
)
_GRADE = r"(?:全壊|大規模半壊|中規模半壊|準半壊|半壊|一部損壊|ぜんかい|はんかい|床上浸水|床下浸水|床上|床下)"
_WHAT = r"(?:とは|って(?:何|なに|なん|どう|どんな|言わ|いわ)|(?:は|が|の)?(?:何|なに|なん)(?:です|なの|の(?:こと|事)|や|か|\?|$)|の(?:意味|いみ|違い|ちがい)|が(?:わから|分から))"
_PAPER = r"(?:(?:罹災|り災|りさい)(?:証明|しょうめい)?(?:書|しょ)?|被災証明書?)"

_QUESTIONS: tuple[tuple[str, bool, re.Pattern[str]], ...] = (
    # Topic, whether it must also be put as a question, what it says. Spaces are gone, katakana is hiragana.
    ("waiting", False, re.compile(
        r"(?:連絡|れんらく|返事|へんじ|返信|電話|でんわ|訪問|だれも|誰も)(?:は|が|も)?(?:まだ)?(?:全然|ぜんぜん|なかなか)?(?:来|き|こ|もらえ)(?:ない|ません|まへん|ていない|てない|てません|てくれない|てくれません|てくれへん|ん(?:の|けど|が))"
        r"|(?:電話|でんわ|連絡|れんらく|返事|へんじ)(?:を)?して(?:くれ|もらえ)(?:ない|ません|まへん|へん)|まだ(?:連絡|返事|返信|電話)(?:が|は)?(?:ない|ありません|来|こない|きません)")),
    ("when", False, re.compile(
        r"(?:いつ|何日|なんにち|何時)(?:ごろ|頃|まで|に)?(?:に|は)?(?:連絡|れんらく|返事|返信|電話|でんわ)(?:が|を|は)?(?:来|き|くる|くれ|もらえ|あり|いただ|し|かか)"
        r"|(?:連絡|返事|返信|電話)(?:は|が)?いつ|いつ(?:ごろ|頃)?(?:来て|きて|来られ|来ます|きます|家に来)")),
    ("who_reads", True, re.compile(
        r"(?:誰|だれ|どなた|どこの人|どんな人)(?:が|に|か|と)?.{0,10}(?:読|よん|よむ|よみ|見|みる|みて|みます|知る|知り|聞い|聞く)"
        r"|(?:読|よん|見|み)(?:で|て)?(?:い)?(?:る|られる|ている)(?:の|ん)は(?:誰|だれ|どなた)")),
    ("secret", True, re.compile(rf"{_OTHERS}.{{0,6}}{_TOLD}")),
    ("secret", False, re.compile(rf"{_OTHERS}.{{0,6}}{_TOLD}.{{0,4}}(?:たくない|たない|とうない|たくありません|ら困|と困|るのは(?:困|いや|嫌)|んで|ないように|ないか(?:心配|不安))")),
    ("secret", False, re.compile(rf"{_OTHERS}.{{0,10}}(?:言わ|いわ|知らせ|しらせ|教え|おしえ|話さ|伝え|つたえ|連絡し)(?:ないで|んといて|んで(?:ください|ほしい|くれ))")),
    ("secret", True, re.compile(r"(?:秘密|ひみつ|内緒|ないしょ|個人情報|ぷらいばしー)(?:は|が|を)?(?:守|まも|大丈夫|だいじょうぶ|漏|もれ)")),
    ("secret", True, re.compile(r"(?:住所|名前|なまえ|電話番号|番号)(?:は|を|まで)?(?:教え|おしえ|書い|かい|言っ|いっ|入れ)て(?:も|て)?(?:大丈夫|だいじょうぶ|いい|ええ|平気|安全|安心)")),
    ("secret", False, re.compile(rf"{_OTHERS}(?:に|には)(?:は)?(?:内緒|ないしょ|秘密|ひみつ)(?:に(?!して(?:い|る|ま|た))|で)")),
    ("cost", True, re.compile(
        r"(?:お金|おかね|料金|費用|手数料|相談料|利用料)(?:は|が|って|とか|も)?(?:かか|取ら|とら|取る|とる|払|はら|いる[のんとか]|いります|要る[のんとか]|要ります|必要です)"
        r"|(?:お金|おかね)を(?:払|はら)わ(?:ない|な)|(?:無料|有料|ただ)(?:です(?:か|よね)|な[のん]|で(?:いい|ええ|相談|使)|か\?|\?)")),
    ("robot", True, re.compile(
        r"(?:ろぼっと|機械|きかい|ai|えーあい|人工知能|自動|こんぴゅーた[ー]?|人間|本当の人|ほんものの人|生身)(?:が|は|と|の人)?(?:です|なの|じゃ|や|が?答|が?返|か|話)"
        r"|(?:あなた|あんた|そちら|そっち|相手)は(?:人|ひと)(?:です|なの|や|か)|^(?:これは?|あなたは?|あんたは?|そちらは?|そっちは?|いま|今)?(?:は)?(?:誰|だれ|どなた|どちら様|どちらさま)(?:です|なの|や|が話|と話|が書|が答|が返|\?|$)")),
    ("paper", False, re.compile(rf"(?:{_PAPER}|^(?:証明書|しょうめいしょ)){_WHAT}|{_PAPER}(?:の?(?:申請|申し込み|手続き?))?(?:は|を|の)?(?:どこ|どうやって|どうすれば|どうしたら|いつ|もらい方|取り方|申請の?(?:仕方|方法))")),
    ("grades", False, re.compile(rf"{_GRADE}(?:と{_GRADE})?{_WHAT}")),
    ("phone", True, re.compile(
        r"(?:電話番号|でんわばんごう)(?:は|を)?(?:何番|なんばん|教えて|おしえて|どこ|あり|わか|\?)|(?:どこ|どちら)(?:に|へ)?(?:電話|でんわ|連絡|れんらく|行け|いけ|行った|いった|行きます|いきます|聞け|聞い|かけ)"
        r"|(?:窓口|まどぐち|市?役所|役場|やくしょ)(?:は|の|って)?(?:どこ|場所|何時|なんじ|いつ|電話|開|あい|やって)|(?:何時|なんじ)(?:から|まで)(?:です|や|開|あい|電話|いる|い[るま])")),
    ("phone", True, re.compile(r"(?:土日|土曜日?|日曜日?|休日|祝日|休みの日|夜|よる|夜中)(?:で)?(?:も|は|に)?(?:電話|でんわ|やって|開い|あいて|つなが|相談)")),
    ("phone", False, re.compile(r"^(?:役所|市役所|役場|窓口|そちら)(?:の)?(?:電話番号|場所|時間)(?:を)?(?:教えて|おしえて)")),
    ("how_long", True, re.compile(
        r"(?:どれ|どの)[くぐ]らい.{0,4}(?:かか|続|つづ|質問|ある|あり|時間)|あと(?:何|なん|どれ|いくつ|どの)|(?:質問|しつもん)(?:は|が)?(?:何個|いくつ|何問|あと|まだ|いつまで)|(?:いつまで|まだ)(?:続|つづ|ある)|何分(?:くらい|ぐらい)?(?:かか|です)")),
    ("how_long", True, re.compile(r"(?:途中|とちゅう)で(?:やめ|止め|休)")),
    ("how_long", False, re.compile(r"(?:質問|しつもん)(?:が|は)?(?:多い|おおい|多すぎ|おおすぎ|長い|ながい)")),
    ("small", False, re.compile(
        r"(?:字|文字|もじ)(?:が|は|も)?(?:小さ|ちいさ|細か|こまか|よめ|読め|見え|みえ)|(?:字|文字|もじ)(?:を)?(?:大き|おおき)|老眼|(?:画面|すまほ|携帯)(?:が|は|の字が)?(?:よう|よく)?(?:見え|みえ|読め|よめ)(?:な|ん|へ|ま|づ|に)"
        r"|^目が(?:よう|よく)?(?:悪|わる|見え|みえ|薄)(?!.*[母父妻夫祖娘息])[^。、]{0,8}$|^(?:小さくて|ちいさくて)?(?:よう|よく)?(?:読め|よめ)(?:ない|ん|へん|ません)")),
    ("aid", False, re.compile(
        r"(?:仮設|生活保護|義援金|ぎえんきん|支援金|しえんきん|かせつ|見舞金|みまいきん|給付金|補助金|支援制度|公営住宅|公費解体|応急修理|災害援護資金)(?:住宅)?(?:は|が|を|に|の(?:申請|申し込み)?(?:は|を)?)?.{0,8}"
        r"(?:もらえ|いくら|いつ|入りたい|入れ|はいりたい|はいれ|使え|つかえ|申し込みたい|申請したい|申請(?:は|の)|ほしい|受けられ|受けたい|どうやって|どうすれば|どうしたら|頼みたい)|(?:全壊|半壊|損壊|床上|床下)[^。]{0,8}(?:いくら|何円|なんえん)|(?:お金|おかね)(?:は|が)?(?:いくら|どのくらい)?(?:もらえ|出る|でる|出ます|でます)(?:か|の|ん|ます)")),
    ("interpreter", True, re.compile(
        r"(?:英語|えいご|外国語|中国語|ちゅうごくご|韓国語|かんこくご|(?:べとなむ|ねぱーる|ぽるとがる|たがろぐ|すぺいん|いんどねしあ|みゃんまー|たい|ろしあ)(?:語|ご))"
        r"(?:を|で|が|は|の)?(?:話せ|はなせ|話す|はなす|でき|あり|わか|分か|通じ)")),
    ("interpreter", False, re.compile(r"(?:通訳|つうやく)(?:さん)?(?:は|が|を|に)?(?:い(?:ますか|る|ません|ないと)|お願|おねが|ほし|欲し|頼|たの|必要|ひつよう|つけ|付け|呼)")),
    ("elsewhere", False, re.compile(
        r"(?:ごみ|がれき|瓦礫|泥|どろ|土砂|片付け|片づけ|かたづけ|ぼらんてぃあ|物資|毛布|もうふ|給水|お風呂|ふろ|炊き出し|食べ物|たべもの|飲み水)(?:かき|出し|の)?(?:は|が|を|に)?.{0,10}(?:どこ|捨て|すて|頼み|たのみ|お願い|おねがい|ほしい|もらえ|いつ|手伝|てつだ|来て|入れ|呼)"
        r"|(?:水|みず|水道|電気|でんき|がす)(?:が|は)?(?:まだ)?(?:出ない|でない|出ません|でません|出らん|来ない|止ま(?:った|って|りました)|つかない|つきません|(?:で|出|来|つか)ん$)"
        r"|(?:水|みず|電気|でんき|がす|といれ|食べ物|たべもの|食料|飲み物|薬|くすり|毛布|もうふ)(?:が|も)(?:もう)?(?:ありません|ない(?:です|の|ん|$)|なくなり|なくなった|使えない|使えません|つかえません)")),
    ("hard", False, re.compile(
        r"(?<!生きる)(?<!いきる)(?:意味|いみ)(?:が|は|も)?(?:よく|ようわ|全然|ぜんぜん|まったく)?(?:わか|分か|判)(?:ら|り|ん)|(?:意味|いみ)(?:は|が)?(?:何|なん|なに)|どういう(?:意味|いみ|こと|事)|(?:何|なに|なん)(?:を|のこと|の事|の話)(?:を)?(?:聞い|聞か|言って|いって|言う|答え|書け|書いたら|です|なの|や|\?)"
        r"|(?:質問|しつもん|言葉|ことば|日本語|にほんご|漢字|かんじ|説明)(?:が|は|の意味が)?(?:よく)?(?:難し|むずかし|わから|わかり(?:ま|に|づ)|分から|分かり(?:ま|に|づ)|読め|よめ)|^(?:難し|むずかし)(?:い|くて|すぎ)")),
    ("anyone", True, re.compile(r"(?:外国人|がいこくじん|外国籍|留学生|技能実習生|住民票|びざ|在留|ざいりゅう)(?:が|の|は|でも|も|に)?.{0,10}(?:相談|そうだん|使え|つかえ|いい|ええ|よい|大丈夫|だいじょうぶ|もらえ|困|問題|関係|必要|ひつよう|いり)")),
    ("why", False, re.compile(r"^(?:なぜ|なんで|どうして|何のために|なんのために).{1,14}(?:聞く|聞いて|きく|きいて|必要|ひつよう|いるの|いるん|要る|いりますか|書く|教え|答え)")),
    ("must", True, re.compile(r"(?:名前|なまえ|本名|実名|住所|電話番号)(?:は|が|を)?(?:必ず)?(?:必要|ひつよう|いりま|要りま|(?:じゃ|で)ないと)")),
    ("must", True, re.compile(
        r"(?:答え|こたえ|言わ|いわ|書か|かか|教え)(?:ない|なく|なきゃ|んと|なければ|な).{0,4}(?:だめ|駄目|いけ|いか|ならな|なら|あか|なりません|困)|(?:全部|ぜんぶ)(?:に)?(?:答え|こたえ|書)(?:る|な|か)|(?:答え|こたえ)(?:なくて|んで)も?(?:いい|ええ|よい|大丈夫|だいじょうぶ)")),
    ("fraud", True, re.compile(
        r"(?:これ|ここ|この(?:ちゃっと|line|らいん|相談|さいと|ぺーじ)|お?たく|そちら)(?:は|って|も)?.{0,6}(?:詐欺|さぎ|怪し|あやし|本物|ほんもの|本当に(?:市?役所|役場|市|町)|信用|信じて|だまさ|騙)|^(?:新手の)?(?:詐欺|さぎ)(?:じゃ|では|と?ちゃう|です|なの|か|\?|や)")),
)

_ENGLISH: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("waiting", re.compile(r"\b(?:no ?body|no one|still not|not yet|haven't|hasn't|have not|has not|didn't|did not)\b.{0,20}\b(?:called|call|contact\w*|repl\w*|answer(?:ed)? me|come|came|heard)\b|^i(?:'m| am) still waiting\W*$|\bstill waiting for (?:a |the |your |some)?(?:call|reply|answer|body|one|staff)\b")),
    ("when", re.compile(r"\bwhen (?:will|do|does|can|are|is) .{0,24}\b(?:call|contact|hear|repl\w*|answer|come|visit)\b")),
    ("who_reads", re.compile(r"\bwho (?:(?:can|will|is|are|does|else|all) )*(?:going to |gonna )?(?:see|sees|seeing|reads?|reading|looks?|looking)\b|\bwho (?:can|will) know\b")),
    ("secret", re.compile(r"\b(?:will|would|do|does|can|could) (?:my |the |our )?(?:neighbou?rs?|family|husband|wife|parents?|landlord|boss|company|employer|school|other people|anyone|anybody|immigration|police)(?: else)? (?:know|find out|see|hear|be told|learn)\b|\b(?:is|are|stay|keep|kept) (?:it|this|that|my \w+|they)? ?(?:secret|private|confidential)\b|\bwill you (?:tell|report|inform)\b|\bsafe to (?:tell|share|write)\b|\bwhat happens (?:to|with) my (?:data|information|answers?)\b|\bwant my (?:neighbou?rs?|family|husband|wife|boss|landlord) to know\b")),
    ("cost", re.compile(r"\b(?:is|are) (?:it|this|that|the service|you) (?:really )?free\b|\bhow much (?:does|do|is|will) (?:it|this|that|the service|i have to pay)\b|\b(?:do|must|will) i (?:have to |need to )?pay\b|\b(?:does|will) (?:it|this) cost\b|\bokane (?:wa |ga )?kakari\w*")),
    ("robot", re.compile(r"\b(?:are you|is this|am i (?:talking|speaking) (?:to|with)) (?:a |an |really a |really )?(?:ro)?(?:bot|human|real person|person|machine|ai|computer|automatic)\b|^who (?:are you|is this|am i (?:talking|speaking|writing) (?:to|with))\b")),
    ("paper", re.compile(r"\b(?:what(?:'s| is| are| does)|how (?:do|can|to)|where (?:do|can)) .{0,24}\b(?:risai|rishou|risho|disaster|damage|victim)\w*[ -]?(?:certificates?|shou?mei\w*|papers?)\b|\b(?:risai|rishou|risho) ?(?:shou?mei)?(?:sho)? (?:wa )?(?:nan|nani|what)\b|\bwhat(?:'s| is) (?:the |a |this )?certificate\b|\bwhere (?:do|can) i (?:get|apply for) (?:the |a |my )?certificate\b")),
    ("grades", re.compile(r"\bwhat(?:'s| is| does| do| are)? .{0,20}\b(?:half|total|totally|partial|partially|quasi|large.scale|destroyed|above.floor|below.floor|grades?|zenkai|hankai)\b|\b(?:zenkai|hankai) (?:wa )?(?:nan|nani|what)\b")),
    ("phone", re.compile(r"\bwhere (?:do|can|should|must) i (?:call|go|phone|ask)\b|\b(?:what|which) (?:is |are )?(?:your |the )?(?:tele)?(?:phone )?number\b|\byour (?:tele)?phone number\b|\bwhen (?:are you|is (?:it|the (?:office|desk|city hall))) open\b|\b(?:opening|office) hours\b")),
    ("how_long", re.compile(r"\bhow (?:long (?:does|will|is|do)|many (?:more )?questions)\b|\btoo many questions\b")),
    ("small", re.compile(r"\b(?:letters?|text|words?|font|writing) (?:is|are) (?:too |so |very )?small\b|\b(?:bigger|larger) (?:letters?|text|font)\b|\bcan(?:'t|not| not) (?:read|see) (?:it|this|the (?:text|letters?|screen)|well)\b")),
    ("hard", re.compile(r"\b(?:don't|dont|do not|can't|cannot|didn't) (?:really |quite )?understand\b|\bwhat (?:does|do) (?:this|that|it|you) (?:all )?mean\b|\bwhat do you mean\b|\bi(?:'m| am) confused\b|\b(?:too|very|so) (?:hard|difficult|complicated)\b|\bimi (?:ga )?wakari?\w*|^what(?:'s| is) (?:this|that|it)(?: about)?\?*$")),
    ("why", re.compile(r"^why (?:do|does|must|should|would) (?:you|i|they) (?:need|want|have to|ask|must)\b")),
    ("must", re.compile(r"\b(?:do|must|should) i (?:have to |need to |really )*(?:answer|tell|write|fill|give)\b")),
    ("anyone", re.compile(r"\bcan (?:foreigners?|anyone|anybody|non-?japanese|students?|tourists?) (?:use|get|apply|ask)\b|^(?:is|does|will|can|do) .{0,20}\b(?:visa|residence card|residence status)\b")),
    ("aid", re.compile(r"\b(?:when|how much|how|where|can) .{0,20}\b(?:money|grants?|donations?|temporary housing|benefits?)\b")),
    ("interpreter", re.compile(r"\b(?:need|have|want|get|is there|can i|with) .{0,12}\b(?:interpreter|translator)\b|\b(?:someone|somebody|anyone|staff)(?: there)?(?: who| that)?(?: can)? speaks? \w+|\b(?:can't|cannot|can not|don't|do not) (?:speak|read|write) (?:japanese|kanji)\b")),
    ("elsewhere", re.compile(r"\b(?:where|how|when|can) .{0,24}\b(?:garbage|trash|debris|volunteers?|blankets?|food|drinking water|shower|bath)\b|\b(?:no|have no) (?:running water|electricity|gas|power)\b|\b(?:there is|there's|have|got) no (?:clean |drinking )?(?:water|food|toilet|medicine)\b")),
    ("fraud", re.compile(r"\b(?:is|are) (?:this|it|you) (?:a )?(?:scam|fraud|fake|phishing|real\b(?! person)|official|legit\w*|safe to use|trustworthy)\b|\bcan i trust\b")),
)  # fmt: skip

_WISHES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("professional", re.compile(
        r"(?:弁護士|べんごし|建築士|けんちくし|司法書士|行政書士|税理士|社労士|専門家|士業|法律家|ふぁいなんしゃるぷらんなー)(?:さん|の(?:先生|人|方))?(?:に|と|へ|を|の)?(?:相談|そうだん|話|はな|紹介|しょうかい|会|頼|たの|お願|おねが|聞|つない|来て|きて|呼|さが|探)"
        r"|^(?:弁護士|建築士|司法書士|行政書士|税理士|社労士)(?:さん)?$|法律相談")),
    ("professional", re.compile(r"\b(?:talk|speak|see|want|need|like|get|ask|meet|find)\b.{0,20}\b(?:lawyer|attorney|architect|judicial scrivener|tax accountant|professional|expert)\b")),
    ("visit", re.compile(r"(?:家|うち|いえ|自宅|ここ)に(?:来|き)て(?:ほしい|欲しい|くれ|もらえ|もらい|いただ|ください|下さい|くださ|$)|訪問(?:して|を(?:お願|希望|頼)|がほしい|希望)|見に(?:来|き)て(?!い?[なまね]|る|くれ[なま]|もらえな|もろ)")),
    ("visit", re.compile(r"\b(?:come|visit)\b.{0,12}\b(?:my |our )?(?:home|house|place)\b|\b(?:visit|come to see|come and see) (?:me|us)\b|\bhome visit\b|\bsend (?:someone|somebody)\b")),
)  # fmt: skip


def read_question(text: str, only_asked: bool = False) -> str | None:
    """Which question about the talk itself the words are (`who_reads`, `cost`, …); None for everything else.

    `only_asked`: it must be put as a question, because any words would answer what is open (修理にいくらかかるか心配).
    """
    if not (said := _short(text)):
        return None
    joined = hiragana(re.sub(r"[\s、,]+", "", said))
    asks = bool(_ASKS.search(joined))
    if only_asked and not (asks or said.endswith("?") or _STARTS.match(said)):
        return None
    found = next((topic for topic, must_ask, rule in _QUESTIONS if (asks or not must_ask) and rule.search(joined)), None)
    return found or next((topic for topic, rule in _ENGLISH if rule.search(said)), None)


def is_question(text: str) -> bool:
    """Whether the words are plainly put as a question, whatever it asks: 「ペットも入れますか」, never 「半壊か」."""
    said = normalise(text)
    return len(text) <= LONGEST and bool(_PLAINLY_ASKED.search(hiragana(said)) or _ASKED_IN_ENGLISH.match(said))


def read_wish(text: str) -> str | None:
    """Whether somebody wishes for a professional or a visit, in any words; None for everything else."""
    if not (said := _short(text)):
        return None
    joined = hiragana(re.sub(r"[\s、,]+", "", said))
    return next((wish for wish, rule in _WISHES if rule.search(said if rule.pattern.startswith(r"\b") else joined)), None)


_COMMON = frozenset(
    ("i", "i'm", "im", "my", "the", "is", "are", "was", "what", "who", "where", "how", "you", "your", "can", "can't", "cannot", "don't", "dont",
     "does", "have", "need", "want", "help", "please", "this", "not", "and", "with", "for", "am", "to", "understand", "english", "flooded",
     "die", "kill", "myself", "suicide", "speak", "house", "danger", "hurt")
)  # fmt: skip
"""Words that make a sentence English; none of them is a word of its neighbours or of romaji."""


def is_english(text: str, least: int = 2) -> bool:
    """Whether somebody writes English, by `least` of its commonest words: not yet 「hello」, and never romaji."""
    said = normalise(text).replace("’", "'")
    return said.isascii() and len(_COMMON.intersection(re.findall(r"[a-z']+", said))) >= least


def _short(text: str) -> str:
    """The words in one spelling, or nothing where nothing can be asked."""
    if len(text) > LONGEST or len(text) < 3:
        return ""
    said = normalise(text)
    return said if _HINT.search(said) or said.endswith("士") else ""
