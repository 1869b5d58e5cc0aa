"""English and romaji rules. Spaces and apostrophes do not count; a match must begin and end a word."""

from functools import partial

from dialogs.crisis.rule import Rule
from dialogs.crisis.rule import rule as _rule

rule = partial(_rule, script="latin")

_ABUSER = "(?:husband|wife|boyfriend|girlfriend|bf|gf|ex|partner|father|dad|mother|mom|mum|stepdad|stepfather|son|brother|uncle|boss|man|he|she|hes|shes)"
_KID = "(?:kid|kids|child|children|baby|daughter|son|toddler|boy|girl|babies)"
_NOT = "(?:dont|do not|dnt|didnt|did not|never|doesnt|does not|not|no longer|wouldnt)"
_ONE = "(?:mother|mom|mum|father|dad|husband|wife|son|daughter|baby|child|kid|friend|neighbo?u?r|grandma|grandpa|grandmother|grandfather|sister|brother|he|she|someone|somebody|uncle|aunt)"

RED: tuple[Rule, ...] = (
    rule(
        "en.medical", "red", "medical",
        "(?:not|isnt|is not|stopped|stoped|no longer) (?:breathing|breathin|breething|breath)", "(?:cant|cannot|can not|cnt|couldnt|cant hardly|unable to) (?:breathe|breath|breethe|breth)", "(?:unconscious|unconcious|unconcsious|unresponsive|passed out|collapsed|not waking up|wont wake up|not responding)",
        "chest (?:pain|pains|hurts|is hurting|hurt|really hurts)", "heart attack", "(?:having|had|have|has|had) a? (?:stroke|seizure|sezure)", "bleeding (?:a lot|alot|badly|bad|heavily|to death|wont stop|out|and|so much)", "(?:wont|cant|doesnt|not) stop (?:the)? bleeding", "bleeding (?:that)? (?:wont|doesnt|does not|will not) stop", "blood everywhere",
        "(?:call|need|send|want|get|calling) (?:me|us|a|an|the)? ambulance", "(?:choking|drowning|drownin)", "water broke", "in labou?r", "(?:im|i am|he is|hes|she is|shes|is|are) (?:dying|dyin|bleeding out)", "severe(?:ly)? (?:burn|burns|burned|injured|bleeding)", "(?:out of|no|running out of|run out of) oxygen",
        not_when=("(?:im|i am|hes|he is|shes|she is|is|are|were) (?:dying|dyin) (?:to|for|of|from) (?:know|hear|see|bore|boredom|curiosity|a|get|try).{0,6}", "(?:building|house|roof|wall|fence|shed|garage|ceiling|bridge|barn|road|chimney) (?:has|have|had|was|is|partly|partially|completely|also)? collapsed", "collapsed (?:roof|wall|house|building|fence|ceiling|shed)",
                  "(?:had|have) a (?:stroke|heart attack|seizure) .{0,8}(?:ago|last|years|in 2|before)"),
        says=("he is not breathing", "I can't breathe", "my mother is unconscious", "chest pain", "please call an ambulance", "she won't wake up", "I'm bleeding badly", "hes unconcious", "cant breath"),
    ),
    rule(
        "en.self_harm_now", "red", "self_harm_now",
        "(?:took|taken|swallowed|ate|swalowed|take) (?:too many|all|all of|all the|a lot of|alot of|lots of|a bunch of|a bottle of|the whole bottle of|many|[0-9]{1,3}|a whole) (?:of)? (?:my|the|his|her)? (?:sleeping|pain)? (?:pills|pils|meds|tablets|medicine|medication|sleeping pills|bottle)", "(?:overdosed|overdose|overdosing|od ed)", "(?:hang|hanging|hung) (?:myself|my self|himself|herself)", "(?:cut|cutting|slit|slitting) (?:my|open my|her|his) (?:wrist|wrists)",
        "(?:going to|gonna|about to|will|ill|gona|im ready to|want to jump and) (?:kill myself|kill my self|end my life|end it all|end it now|jump off|jump|commit suicide|die tonight|die now|die today)", "(?:jump|jumping) (?:off|from) (?:a|the|this|my) (?:bridge|roof|building|balcony|cliff)", "(?:wrote|writing|written|left) (?:a|my|the) suicide note", "killing myself (?:now|tonight|today)", "goodbye (?:world|cruel world)", "kms (?:now|tonight)",
        says=("I took too many pills", "took all my pills", "I'm going to kill myself", "gonna end it all", "I overdosed", "i cut my wrists", "about to jump off the bridge", "swallowed 30 tablets"),
    ),
    rule(
        "en.violence_now", "red", "violence_now",
        "(?:is|hes|shes|are|theyre|keeps) (?:hitting|hiting|beating|punching|kicking|choking|strangling|stabbing|attacking|beatin|hittin) (?:me|us|my|her|him)", "(?:going to|gonna|trying to|wants to|will|tried to|gona|threatening to) (?:kill|hurt|shoot|stab) (?:me|us)", "(?:has|have|got|with) a (?:gun|knife)", "(?:someone|somebody|a man|stranger|strangers|people|they|he|hes|intruder) (?:is|are|just)? (?:broke into|breaking into|breaking in|broke in|trying to get in|in my house|in the house|following me|chasing me)", "(?:was|been|got|im|is|just got|i was just) (?:stabbed|shot)", "(?:being|getting) (?:attacked|beaten|robbed|hit|followed|assaulted|beat up)", "(?:help|call) (?:the)? police (?:now|please)?", "held (?:captive|hostage)|locked me in",
        says=("he is hitting me", "my husband is beating me right now", "he's going to kill me", "he has a knife", "someone broke into my house", "I am being attacked"),
        not_when=("(?:stress|wait|waiting|heat|cold|pain|back) (?:is)? (?:going to|gonna|will) kill me",),
    ),
    rule(
        "en.fire", "red", "fire",
        "(?:house|home|building|room|kitchen|apartment|car|its|is|are|neighbou?rs?|everything|roof|place) (?:is|are|s|caught|has caught)? (?:on fire|burning|in flames|on fiar)", "fire (?:in|at|inside|next to|near) (?:my|our|the) (?:house|home|building|apartment|room|kitchen|shelter|roof|floor)", "^(?:fire|a fire|fire fire|on fire|help fire|fire help)$", "(?:theres|there is|there are) (?:a|an)? (?:big|huge)? (?:fire|smoke|flames|gas leak)", "(?:caught|catching|cought) fire", "smell (?:of)? gas", "smells like gas", "gas (?:leak|is leaking|leaking|smell)", "smoke (?:is)? (?:coming|everywhere|filling|in the)",
        says=("my house is on fire", "Fire!", "there is a fire next door", "I smell gas", "gas leak", "smoke is coming from the wall"),
        not_when=("fire .{0,30}(?:last|ago|insurance|before|was out)", "(?:last|ago|was a|were a|had a) .{0,16}fire .{0,18}", "(?:house|home|building|kitchen|apartment|car|roof|it|place) (?:had|that)? caught fire .{0,14}(?:last|ago|before|in 20|years)", "(?:last|ago) .{0,24}caught fire", "(?:no|not a|without) (?:gas (?:leak|smell)|smell of gas)", "smell no gas"),
    ),
    rule(
        "en.trapped", "red", "trapped",
        "(?:im|i am|we are|were|was|is|are|hes|shes|he is|she is|theyre|people|got|been|still|mother|father) (?:trapped|traped|buried|pinned|stranded on|stuck under|stuck on the roof|stuck on our roof|stuck in the (?:elevator|lift|car|attic|rubble|water)|crushed)", "trapped (?:under|inside|in|beneath)", "(?:stuck|pinned|buried|crushed) (?:under|beneath)", "(?:under|in) the rubble", "(?:water|flood) (?:is|s|keeps) (?:rising|coming in|coming up|up to|getting higher|coming)", "(?:swept|carried|washed) away (?:now|help)|(?:being|getting|im|is being) (?:swept|washed|carried) away", "(?:cant|cannot|can not) (?:get out|escape|get away)", "tsunami is (?:coming|here)", "we are on the roof|im on the roof|were on the roof",
        says=("I'm trapped", "my father is trapped under the house", "water is rising", "stuck under the rubble", "we can't get out", "there are people buried"),
        not_when=("(?:car|truck|house|shed|furniture|tools|boxes|photos|piano|bike|belongings|things|fridge|tv) (?:is|was|are|were|got|still|been|is still|are still)? (?:buried|trapped|crushed|pinned|stuck) (?:under|beneath|in)?", "(?:car|truck|house|furniture|tools|photos|belongings|things|everything) .{0,16}(?:under|in) the rubble", "(?:cant|cannot|can not) get out of .{0,16}(?:contract|lease|bed|debt|loan|deal)", "(?:cant|cannot|can not) get out (?:of)? (?:bed|much|my contract|the loan|this contract|debt|contract|a contract)"),
    ),
    rule(
        "en.help", "red", "help",
        "^(?:please|pls|plz|oh god|god|someone|somebody|anyone|anybody|i|we|urgent|sos|emergency){0,3}(?:help|sos|hlp|halp|need help|want help|helpme)(?:me|us|please|pls|plz|now|quick|fast|asap|right now|someone|somebody|urgent|immediately|sos|hurry|urgently){0,4}$", "^(?:sos|mayday|emergency|save me|save us|its an emergency|this is an emergency|rescue me|rescue us|call 119|call 110|call 911)$", "(?:someone|somebody) (?:please)? help (?:me|us)? (?:now|quick|please)?$", "need help (?:right now|immediately|now) .{0,2}$", "^(?:dareka)?(?:tasukete|tasuketekudasai|tasukete kure)$",
        says=("tasukete", "help", "HELP!!", "help me please", "SOS", "I need help now", "someone help", "please help", "emergency"),
    ),
)  # fmt: skip

ORANGE: tuple[Rule, ...] = (
    rule(
        "en.self_harm", "orange", "self_harm",
        "(?:want|wanted|wanna|wana|wan|wish|need|like|wnt|ready|going|rather|tired) (?:to|too|2|i could)? (?:die|dye tonight|be dead|kill myself|kill my self|kil myself|disappear forever|end my life|end it all|end everything|not wake up|never wake up|not exist)", "wanna (?:die|kms|disappear)", "want to (?:just)? disappear", "want (?:it|everything|it all|all of this|this) to (?:end|be over|stop forever)", "(?:kill|kil|killing|hurt|hurting|harm|harming|cut|cutting|killed) (?:myself|my self|mysel|mysef)", "(?:kms|unalive myself)",
        "(?:wish|if only) (?:i|that i|id)? (?:was|were|am|had|could be)? (?:dead|died|never born|never been born|gone|not alive|died too|died with)", "better without me|better off (?:dead|without me|if i died|if i was dead)", "end (?:my|mine) life|end it all|take my (?:own)? life|taking my (?:own)? life|ending my life|ending it all", "(?:suicide|suicidal|sucide|sucidal|suicidle|suiside|suicid|suicde|self harm|selfharm)", "(?:no|nothing|any|have no|dont have a|isnt any) (?:reason|point|will|left)? (?:to live|in living|to live for|left to live for|to go on living|to go on)",
        "(?:dont|do not|dnt|no longer|cant|cannot|not) (?:want to|wanna|wana|want too|wnt to|care to)? (?:live|be alive|be here anymore|exist|wake up|live anymore|keep living|go on living|live like this|live any more|stay alive) (?:anymore|any more)?$", "(?:dont|do not|no longer) (?:want to|wanna|want too) (?:live|be alive|exist|wake up|keep living|be here anymore)", "(?:cant|cannot|can not) (?:go on|live like this|live anymore|keep living|live any more)", "life (?:is|isnt) (?:not)? (?:worth living|worthless|meaningless|over)", "should have died|shouldve died|why did i survive|let me die|please kill me|wish to die|im better dead|tired of (?:living|life|being alive)",
        softer=(_NOT + " (?:really|actually|exactly|even)? (?:want|wanted|wanna|wana|wish|need|going|like) (?:to|too)? (?:die|kill myself|hurt myself|harm myself|end my life|end it all)", "(?:not|isnt|never|arent|no longer) (?:feeling|actively|really|been)? suicidal", "suicide (?:prevention|hotline|helpline|awareness)", _NOT + " (?:going to|gonna|want to|wanna|planning to)? (?:hurt|harm|kill|cut) myself", "(?:accidentally|accidently) (?:hurt|cut) myself", "(?:hurt|cut|cutting) myself (?:on|while|when|with glass|clean|carry|climb|lift).{0,3}",
                "(?:husband|wife|father|mother|brother|sister|friend|son|daughter|dad|mom) .{0,10}(?:suicide)", "like to end (?:my|the) (?:lease|contract)"),
        not_when=("(?:landlord|rent|lease|contract).{0,14}cant go on",),
        says=("I want to die", "I don't want to live anymore", "i wanna die", "I wish I was dead", "I feel suicidal", "better off dead", "want too die", "sucide", "no reason to live", "I can't go on", "hurt myself", "tired of living"),
    ),
    rule(
        "romaji.self_harm", "orange", "self_harm",
        "(?:shi|si)ni (?:tai|taku|tee)", "ki e tai|jisatsu|jisatsu shitai|koroshite|koroshite kudasai",
        says=("shinitai", "watashi wa shi ni tai", "kietai", "jisatsu shitai", "koroshite"),
    ),
    rule(
        "en.violence", "orange", "violence",
        _ABUSER + " (?:sometimes|always|often|keeps|kept|has|had|just|still|also|is|was|used to)? (?:hits|hit|hitting|beats|beat|beaten|beating|punches|punched|kicks|kicked|slaps|slapped|chokes|choked|hurts|hurt|attacks|attacked|abuses|abused|threatens|threatened|strangled|rapes|shoves|shoved|throws things at) (?:me|us|her|him|my kids|my children|the kids|our kids|the children)", "domestic (?:violence|abuse)|(?:abusive|violent) (?:husband|wife|partner|boyfriend|relationship|father|mother|home|man|ex|family)", "(?:husband|wife|partner|boyfriend|ex|father|he|she|dad) (?:is|gets|became|was|has been|can be)? (?:very|so)? (?:violent|abusive)", "(?:am|im|was|being|been|are|get|got|getting) (?:being)? (?:abused|beaten|hit by|threatened|stalked|beaten up)", "(?:afraid|scared|terrified|fear|frightened) (?:of|for) my (?:husband|wife|partner|boyfriend|father|ex|life|son|dad|stepfather)", "(?:stalker|stalking me|stalks me|following me home)", "(?:threatened|threatens|threatening) (?:to kill|me|us|my)", "(?:hide|hiding|escape|escaping|run away|ran away|running away|get away|fled) from my (?:husband|ex|ex husband|partner|boyfriend|father|wife|dad)", "(?:want|going|wanna|gonna) (?:to)? kill (?:him|her|them|my|somebody|someone)", "(?:dont want|must not|cant let|do not want) (?:my)? (?:ex|husband|ex husband|him) (?:to)? (?:find|know|finding|see) .{0,4}(?:me|us|where|my)",
        says=("my husband hits me", "domestic violence", "I am afraid of my husband", "he threatened to kill me", "my ex is stalking me", "I am being abused"),
    ),
    rule(
        "en.child", "orange", "child",
        "child (?:abuse|neglect)|abus(?:e|ed|ing|es) (?:a|the|my|their|his|her)? " + _KID, "(?:hit|hits|hitting|beat|beats|beating|hurt|hurts|hurting|slap|slapped|slapping|shook|shake|shaking|starving|kick|kicks) (?:my|the|his|her|their|our) (?:own)? " + _KID, "(?:children|kids|child|baby|kid) (?:are|is|left|alone|were)? (?:alone|by themselves|left alone|home alone|unattended|abandoned)", "(?:dad|daddy|mom|mommy|mum|father|mother|stepdad) (?:hits|beats|hurts|hit|touches|left) (?:me|us)", "(?:parents|mom|dad|mother|father|mommy|daddy) (?:didnt come|has not come|havent come|hasnt come|not come|never came) (?:back|home)",
        says=("I hit my child", "child abuse", "my kids are home alone", "daddy hits me", "I shook the baby"),
    ),
    rule(
        "en.sexual", "orange", "sexual",
        "(?:rape|raped|raping|rapist|molest|molested|molesting|groped|groping|sexual|sexual(?:ly)? (?:assault|assaulted|abuse|abused|harass|harassed|harassment|violence))", "(?:touched|touches|touching|touch) (?:me|my body|my breast|my breasts|my butt|my private|my privates)", "(?:watched|filmed|peeped|spying) (?:at|on)? me (?:undress|shower|bathing|changing|while).{0,3}", "forced (?:me|himself|her) (?:to|on|into).{0,3}",
        says=("I was raped", "a man groped me at the shelter", "sexually assaulted", "he touched me"),
        not_when=("touch(?:ed)? (?:me|my) (?:heart|deeply|by).{0,5}", "sexual orientation"),
    ),
    rule(
        "en.need", "orange", "need",
        "no (?:insulin|food|medicine|formula|medication) (?:left|anymore|any more)", "(?:no|have no|without|out of|ran out of|run out of|running out of|not enough|dont have any|havent any|havent got any|dont have) (?:any)? (?:more)? (?:food|food or water|medicine|medicines|medication|meds|insulin|baby formula|formula|drinking water|water to drink|baby milk|clean water|heart medicine|my medicine|my insulin|my medication|my meds|the food)", "(?:baby|babys|child) (?:has|have|got) no (?:milk|formula|food)|no (?:milk|formula|food) for (?:my|the|our) (?:baby|child|kids|children)", "nothing (?:left)? to (?:eat|drink)", "(?:havent|have not|hasnt|has not|not|didnt|did not) (?:eaten|eat|had food|had anything to eat|ate|eaten anything)", "(?:starving|starve|starvin)", "(?:out of|ran out of|run out of|running out of|lost|without) (?:my|his|her|our) .{0,12}(?:medicine|medication|meds|pills|insulin)", "(?:lost|need) (?:my|his|her|all my|the|some) (?:medicine|medication|insulin|meds|heart medicine)", "(?:cant|cannot|couldnt|no way to) (?:get|do|go to|have|reach) (?:my|to)? (?:dialysis|insulin|medicine|medication)", "(?:freezing|freeze) (?:to death|outside)", "(?:nowhere|no place|no where|noplace) to (?:sleep|stay|go) (?:tonight|today|now)", "sleeping (?:outside|on the street|in the park|on the streets|rough)",
        says=("we have no food", "ran out of medicine", "I haven't eaten for three days", "nothing to eat", "I lost my insulin", "nowhere to sleep tonight", "can't get dialysis"),
        softer=("(?:dont need|do not need) (?:any)? (?:food|medicine)", "need some medicine"),
        not_when=("(?:have|take|takes) no (?:medicine|medication|medicines)$",),
    ),
)  # fmt: skip

YELLOW: tuple[Rule, ...] = (
    rule(
        "en.bereaved", "yellow", "bereavement",
        "passed away|(?:died|is dead|are dead|was killed|were killed|killed in|killed by|drowned in|is missing|still missing|deceased)", "(?:lost|losing|miss|missing|buried) (?:my|our|her|his) (?:late)? (?:husband|wife|son|daughter|father|mother|child|children|baby|parents|brother|sister|mom|dad|family|friend|grandmother|grandfather)", "(?:funeral|grief|grieving|mourning|widow|widowed|widower)",
        says=("my husband died in the tsunami", "my mother passed away", "I lost my son", "my wife is missing"),
    ),
    rule(
        "en.strain", "yellow", "strain",
        "(?:cant|cannot|can not|couldnt|unable to|hard to|hardly|trouble|not|havent) (?:sleep|sleeping|slept|fall asleep)", "(?:insomnia|nightmares|nightmare|flashbacks|flashback)", "(?:lonely|so alone|all alone|alone|isolated|no one to talk to|nobody to talk to|no one to talk|nobody talks to me|noone to talk to)", "(?:depressed|depression|depressing|hopeless|no hope|despair|desperate|exhausted|overwhelmed|burned out|burnt out|worn out|anxious|anxiety|panic|panic attack|panic attacks|miserable|helpless|worthless|crying|cry every day|cried)", "(?:cant|cannot|can not) (?:cope|take it anymore|take it|do this anymore|take this anymore|stop crying|handle this|bear it|stand it)", "(?:drinking|drink) (?:too much|more|every day|heavily|a lot|alot|in the morning)", "(?:give up|giving up|given up|had enough|stressed|stress|so tired|very tired)", "(?:in debt|debts|my debt|cant pay|cannot pay|cant afford|no money|out of money|loan sharks|behind on (?:rent|my rent|my loan|payments))", "(?:dying|die|dead|killing me|kill|killed|death)", "survivors guilt|my fault|blame myself|feel guilty|dont feel safe|scared all the time|bullied|bullying",
        says=("I can't sleep", "I feel so alone", "I'm so depressed", "drinking too much", "I can't pay my loan", "dying to know", "I can't take it anymore"),
    ),
)  # fmt: skip
