"""The help words of SF-02 and the gravest words in the other languages residents write.

[M] Written from general knowledge; native speakers have not reviewed them yet (SF-20 asks for it). A help word
counts when it is the whole message: in Indonesian, Portuguese or Tagalog it also begins polite requests.
"""

from dialogs.crisis.rule import Rule, rule

LATIN: tuple[Rule, ...] = (
    rule(
        "latin.help", "red", "help",
        "^(?:cuu|cuu (?:toi|toi voi|voi|chung toi|toi gap)|giup toi(?: voi)?|cuu mang)$", "^(?:tulong|tulungan (?:nyo|ninyo|niyo)? (?:ako|kami)|saklolo|tulong po|tulong saklolo|tulungan mo ako)$", "^(?:tolong|tolong (?:saya|kami|aku)|tolonglah|tolong tolong)$",
        "^(?:ajuda|ajude|me ajude|me ajuda|me ajudem|socorro|ajuda por favor|preciso de ajuda|por favor me ajude|socorro me ajude)$", "^(?:ayuda|ayudame|ayudenme|auxilio|socorro|ayuda por favor|necesito ayuda|por favor ayuda|ayudenos)$", "^(?:au secours|aidez moi|jiu ming|dowajuseyo|salryeojuseyo|maddat|guhar|bachaunus|bachao|yardim)$",
        script="latin",
        says=("cứu", "cứu tôi với", "tulong", "tulong po!", "tolong", "ajuda", "socorro!!", "ayuda", "Ayúdame"),
    ),
    rule(
        "latin.medical", "red", "medical",
        "khong tho duoc|khong tho noi|bat tinh|ngat xiu|chay mau nhieu|dau nguc", "(?:hindi|di) (?:ako|siya|na)? (?:makahinga|humihinga)|walang malay|nawalan ng malay|inaatake sa puso", "(?:tidak bisa|gak bisa|nggak bisa|susah) (?:ber)?nap[ae]s|pingsan|tidak sadar|sesak nap[ae]s",
        "(?:nao|n) (?:consigo|consegue|esta|ta) (?:respirar|respirando)|inconsciente|desmaiou|dor no peito", "no (?:puedo|puede|esta) (?:respirar|respirando)|desmayo|dolor (?:en el|de) pecho|sangrando mucho|ambulan(?:cia|sya|s)|xe cap cuu",
        script="latin",
        says=("tôi không thở được", "hindi makahinga ang nanay ko", "ibu saya pingsan", "não consigo respirar", "mi madre no puede respirar"),
    ),
    rule(
        "latin.danger_now", "red", "fire",
        "chay nha|nha (?:toi)? (?:dang)? (?:bi)? chay|hoa hoan", "sunog|nasusunog", "kebakaran|rumah(?:ku| saya)? terbakar", "incendio|(?:casa|predio) (?:esta)? (?:pegando fogo|em chamas|en llamas|ardiendo|quemandose)|^fogo$|^fuego$",
        script="latin",
        says=("cháy nhà", "nasusunog ang bahay", "kebakaran!", "a casa está pegando fogo", "incendio"),
        not_when=("(?:bao hiem|seguro|asuransi|insurance) (?:de|contra|para|hoa)? (?:hoan|incendio|kebakaran|sunog)",),
    ),
    rule(
        "latin.violence_now", "red", "violence_now",
        "dang (?:bi)? (?:danh|danh toi|bi chong danh)|giet toi|muon giet", "binubugbog (?:ako|kami)|sinasaktan (?:ako|niya ako)|papatayin", "(?:sedang)? dipukul(?:i)?|mau (?:bunuh|membunuh) (?:saya|aku)", "(?:esta|ta) (?:me)? (?:batendo|pegando|golpeando) (?:em mim|me)?|(?:quer|quiere|vai|va a) (?:me)? (?:matar|matarme)",
        script="latin",
        says=("chồng tôi đang đánh tôi", "binubugbog ako ng asawa ko", "saya dipukuli suami", "meu marido está me batendo", "quiere matarme"),
    ),
    rule(
        "latin.self_harm", "orange", "self_harm",
        "muon chet|tu tu|tu sat|khong muon song", "(?:gusto|ayaw) (?:ko|ko na|ko nang|nang|na)? (?:nang|na)? (?:mamatay|mabuhay|magpakamatay)|magpakamatay|magpapakamatay", "(?:ingin|mau|pengen|pingin) mati|bunuh diri|tidak (?:mau|ingin) hidup", "(?:quero|queria|vontade de|prefiro) morrer|me matar|suicid(?:io|a|ar|arme|arse)|nao quero (?:mais)? viver",
        "(?:quiero|quisiera|prefiero) morir(?:me)?|matarme|no quiero (?:mas)? vivir|je veux mourir|marna man",
        script="latin",
        says=("tôi muốn chết", "tự tử", "gusto ko nang mamatay", "saya ingin mati", "bunuh diri", "quero morrer", "quiero morir", "no quiero vivir"),
    ),
    rule(
        "latin.need", "orange", "need",
        "khong co (?:gi)? (?:thuc an|do an|an|thuoc|nuoc uong)|het thuoc", "(?:walang|wala na kaming|wala kaming|wala akong|wala nang) (?:pagkain|gamot|makain|tubig na inumin)|gutom", "tidak (?:ada|punya) (?:makanan|obat|air minum)|kelaparan", "(?:sem|nao tenho|nao temos|sin|no tengo|no tenemos) (?:nada para|que)? (?:comida|remedio|remedios|comer|medicina|medicinas|medicamento|medicamentos|insulina|agua para beber|agua para tomar)",
        "chong (?:toi)? danh|asawa ko .{0,6}(?:nananakit|sinasaktan)|(?:mi marido|meu marido|mi esposo) me (?:pega|bate|golpea)|cuong hiep|hiep dam|ginahasa|diperkosa|estupr(?:o|ada)|me violaron|violada",
        script="latin",
        says=("không có thức ăn", "walang gamot", "tidak ada makanan", "não tenho comida", "no tengo medicinas", "mi esposo me pega"),
    ),
)  # fmt: skip

OTHER: tuple[Rule, ...] = (
    rule(
        "zh.red", "red", "help",
        "^(?:救命|救命啊|救命呀|救我|救救我|救救我们|救救我們|快救我|来人啊|來人啊|救救我吧|请救救我|帮帮我|幫幫我|求助|求救|请帮帮我|我需要帮助|紧急求助){1,2}$", "救救我", "救命[啊呀]",
        script="other", says=("救命", "救命啊", "救救我！"),
    ),
    rule(
        "zh.danger", "red", "medical",
        "(?:喘|呼吸)不(?:过气|過氣|了|上来)|不能呼吸|没有呼吸|沒有呼吸|没呼吸|失去意识|失去意識|昏迷|昏倒|晕倒|暈倒|叫救护车|叫救護車|胸口(?:很|好)?(?:痛|疼)|流血不止|血止不住|吃了(?:很多|好多|一瓶|大量)(?:安眠)?药|吃了(?:很多|好多|大量)(?:安眠)?藥|割腕|上吊|跳楼|跳樓|快要死了", "着火了|著火了|起火了|失火了|在燃烧|煤气泄漏|瓦斯外洩|瓦斯漏气",
        "(?:正在|在)(?:打我|被打|殴打)|要杀我|要殺我|拿着刀|拿刀|有人闯进|被困|被埋|压在下面|壓在下面|困在|水淹(?:到|进)来",
        script="other", says=("我喘不过气", "妈妈昏迷了", "着火了", "他正在打我", "被困在电梯里", "吃了很多药"),
    ),
    rule(
        "zh.orange", "orange", "self_harm",
        "(?:我|好|很|真|就|只|真的|都|也|还)想死|^想死(?:了|啊)?$|不想活|活不下去|活着没(?:有)?(?:意思|意义)|活著沒(?:有)?意(?:思|義)|自杀|自残|自殘|结束生命|結束生命|死了算了", "家暴|老公打我|丈夫打我|打孩子|强奸|強姦|性侵|性骚扰|性騷擾|跟踪我", "没有?(?:吃的|食物|药|饮用水|东西吃)|沒有?(?:吃的|食物|藥|飲用水|東西吃)|没饭吃|沒飯吃|没药|三天没吃|几天没吃",
        script="other", says=("我想死", "不想活了", "自杀", "没有吃的", "没有药了", "老公打我", "被性侵了"),
        softer=("不想死", "自杀(?:防止|预防)", "(?:没|没有|不|不是)(?:想|想要)?(?:自杀|想死)"),
    ),
    rule(
        "ko.red", "red", "help",
        "^(?:제발|누가)?(?:도와주세요|도와줘|도와줘요|살려주세요|살려줘|살려줘요|구해주세요|도움이필요해요|도와주십시오|구조해주세요)(?:제발|빨리)?$", "살려주세요|살려줘",
        "숨을?(?:못|쉴수(?:가)?없|안쉬|쉬지)|숨이(?:막|안|멎)|의식이?없|의식을잃|쓰러졌|쓰러져|가슴이아|피가(?:멈추지|안멈|많이)|구급차|약을(?:많이|다|한꺼번에)먹|목을(?:매|맸|졸)|손목을(?:그|긋)|뛰어내리", "불이?났|불이야|화재(?:가)?(?:발생|났)|가스(?:가)?(?:새|냄새)", "(?:지금|방금)?(?:맞고있|때리고있)|죽이려|칼을들|갇혔|갇혀|매몰|물이차오",
        script="other", says=("도와주세요", "살려주세요!", "숨을 쉴 수 없어요", "불이 났어요", "지금 맞고 있어요", "갇혔어요"),
    ),
    rule(
        "ko.orange", "orange", "self_harm",
        "죽고싶|죽고십|죽을래|죽어버리|자살|살기싫|살고싶지(?:가)?않|사라지고싶|자해", "남편이때|아빠가때|폭력|학대|성폭|성추행|강간|스토커|스토킹", "먹을(?:것|게)(?:이)?(?:없|하나도)|굶|약이(?:없|떨어|다)|마실물이?없|인슐린이",
        script="other", says=("죽고 싶어요", "자살", "남편이 때려요", "먹을 것이 없어요", "약이 없어요"),
        softer=("죽고싶(?:지(?:는)?않|은(?:건|것은)?아니)", "자살(?:예방|방지)"),
    ),
    rule(
        "ne.red", "red", "help",
        "^(?:कृपया)?(?:मद्दत|मद्दत गर्नुहोस्|मद्दत गर्नुस्|मलाई मद्दत गर्नुहोस्|मद्दत चाहियो|गुहार|बचाउनुहोस्|बचाऊ|मलाई बचाउनुहोस्|बचाउनुस्|मदद)$", "बचाउनुहोस्|बचाउनुस्",
        "(?:सास|श्वास) (?:फेर्न सक|फेरिरहेको छैन|रोकि)|बेहोस|होस छैन|एम्बुलेन्स|आगो लाग्यो|आगलागी|आगो लागेको|कुटिरहेको|मार्न खोज|फसेको छ|फसेका छौं",
        script="other", says=("मद्दत", "बचाउनुहोस्", "सास फेर्न सकिनँ", "आगो लाग्यो", "आमा बेहोस हुनुभयो"),
    ),
    rule(
        "ne.orange", "orange", "self_harm",
        "मर्न मन|मर्न चाहन्छु|आत्महत्या|बाँच्न मन छैन|बाँच्न चाहन्न", "श्रीमानले कुट|बलात्कार|यौन", "खाने (?:कुरा|केही) (?:पनि)? छैन|खाना छैन|औषधि छैन|औषधी छैन|औषधि सकि",
        script="other", says=("मर्न मन लागेको छ", "आत्महत्या", "खाना छैन", "औषधि छैन"),
    ),
    rule(
        "my.red", "red", "help",
        "^(?:ကူညီ|ကူညီပါ|ကူညီကြပါ|ကျေးဇူးပြု၍ကူညီပါ|ကယ်ပါ|ကယ်ကြပါ|ကယ်ကြပါဦး|ကူညီပါဦး|ကူညီပေးပါ)$", "ကယ်ကြပါ|ကယ်ပါ", "အသက်ရှူ(?:မရ|လို့မရ|ကျပ်)|သတိလစ်|သတိမေ့|မီးလောင်နေ|လူနာတင်ယာဉ်",
        script="other", says=("ကူညီ", "ကူညီပါ", "ကယ်ပါ", "မီးလောင်နေတယ်"),
    ),
    rule(
        "my.orange", "orange", "self_harm", "သေချင်|သတ်သေ|အသက်မရှင်ချင်|စားစရာမရှိ|ဆေးမရှိ|ဆေးကုန်|မုဒိမ်း",
        script="other", says=("သေချင်တယ်", "စားစရာမရှိဘူး", "ဆေးမရှိဘူး"),
    ),
    rule(
        "th.red", "red", "help",
        "^(?:ช่วยด้วย|ช่วยด้วยครับ|ช่วยด้วยค่ะ|ช่วยฉันด้วย|ขอความช่วยเหลือ)$", "ช่วยด้วย", "หายใจไม่ออก|หมดสติ|ไฟไหม้|รถพยาบาล|กำลังตี(?:ฉัน|ผม)|จะฆ่า(?:ฉัน|ผม)|กินยาเกินขนาด",
        script="other", says=("ช่วยด้วย", "หายใจไม่ออก", "ไฟไหม้"), not_when=("(?:ประกัน|ประกันอัคคีภัย|ปีที่แล้ว)ไฟไหม้",),
    ),
    rule(
        "th.orange", "orange", "self_harm", "อยากตาย|ฆ่าตัวตาย|ไม่อยากอยู่|สามีตี|ข่มขืน|ไม่มีอาหาร|ไม่มียา|ไม่มีอะไรกิน",
        script="other", says=("อยากตาย", "ฆ่าตัวตาย", "ไม่มียา"), softer=("ไม่อยากตาย",),
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = LATIN + OTHER
