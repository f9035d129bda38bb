"""A country -> names of people and places to draw from: common ones as written here, rarer ones made of them."""

from dataclasses import dataclass

import numpy as np

_TEXTS = {
    "us": (
        "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony"
        " mark donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan",
        "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra"
        " ashley kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura",
        "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson"
        " anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis",
        "raleigh durham charlotte greensboro asheville wilmington fayetteville cary concord gastonia hickory salisbury",
        "main st|oak ave|maple dr|park rd|church st|washington blvd|lake view ln|hill ct|walnut st|2nd ave|elm way",
    ),
    "uk": (
        "john william thomas george james henry charles robert edward joseph richard samuel alfred arthur frederick"
        " walter harry francis albert herbert peter benjamin david alexander daniel philip hugh edmund ralph nicholas",
        "mary elizabeth anne sarah jane margaret alice emma ellen harriet caroline catherine charlotte martha hannah"
        " frances florence emily louisa eliza agnes isabella lucy susan rachel rebecca dorothy edith ada amelia",
        "smith jones taylor brown davies evans wilson thomas roberts johnson wright walker robinson thompson white"
        " hughes edwards green hall wood harris clarke jackson clark turner hill scott cooper morris ward moore king",
        "devon kent london york bristol norwich leeds bath exeter durham lincoln chester derby oxford worcester truro",
        "high street|church lane|station road|mill road|the green|victoria terrace|queens road|manor close|park view",
    ),
    "es": (
        "antonio jose manuel francisco juan david javier daniel carlos jesus alejandro miguel rafael pedro pablo angel"
        " sergio fernando jorge luis alberto alvaro adrian diego raul ivan ruben oscar enrique ramon",
        "maria|maria carmen|josefa|isabel|ana maria|maria dolores|maria pilar|maria teresa|ana|lucia|cristina|laura"
        "|marta|elena|antonia|francisca|pilar|concepcion|mercedes|julia|rosa|paula|raquel|silvia|beatriz|nuria|irene",
        "garcía rodríguez gonzález fernández lópez martínez sánchez pérez gómez martín jiménez ruiz hernández díaz"
        " moreno muñoz álvarez romero alonso gutiérrez navarro torres domínguez vázquez ramos gil ramírez serrano",
        "madrid barcelona valencia sevilla zaragoza málaga murcia palma bilbao alicante córdoba valladolid vigo gijón",
        "calle mayor|avenida de la constitución|calle real|plaza de españa|calle del carmen|paseo de gracia|calle sol",
    ),
    "br": (
        "josé joão antônio francisco carlos paulo pedro lucas luiz marcos gabriel rafael daniel marcelo bruno eduardo"
        " felipe rodrigo manoel mateus andré fernando fábio leonardo gustavo guilherme leandro tiago anderson ricardo",
        "maria ana francisca antônia adriana juliana márcia fernanda patrícia aline sandra camila amanda bruna jéssica"
        " letícia júlia luciana vanessa mariana gabriela vera vitória larissa cláudia beatriz luana rita sônia renata",
        "silva|santos|oliveira|souza|rodrigues|ferreira|alves|pereira|lima|gomes|costa|ribeiro|martins|carvalho|almeida"
        "|lopes|soares|fernandes|vieira|barbosa|rocha|dias|nascimento|andrade|moreira|nunes|marques|machado|mendes",
        "são paulo|rio de janeiro|salvador|fortaleza|belo horizonte|manaus|curitiba|recife|goiânia|belém|campinas",
        "rua das flores|avenida brasil|rua são joão|travessa da paz|rua quinze de novembro|avenida central|rua do sol",
    ),
    "cn": (
        "伟 强 磊 军 洋 勇 杰 涛 超 明 刚 平 辉 鹏 建国 建华 志强 国强 海波 文斌 俊杰 浩然 子轩 宇航 天佑 立新",
        "芳 娜 敏 静 丽 艳 娟 霞 燕 玲 桂英 秀英 丽华 玉兰 婷婷 雪梅 欣怡 梓涵 诗涵 晓红 春梅 美玲 佳怡 雅静",
        "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 欧阳",
        "北京 上海 广州 深圳 成都 杭州 武汉 西安 南京 重庆 天津 苏州 长沙 郑州",
        "人民路 中山路 解放路 建设路 和平街 新华路 文化路 长江路 幸福街 北京路 胜利路 光明街",
    ),
    "pinyin": (
        "wei qiang lei jun yang yong jie tao chao ming gang ping hui peng jianguo jianhua zhiqiang guoqiang haibo"
        " wenbin junjie haoran zixuan yuhang tianyou lixin",
        "fang na min jing li yan juan xia ying ling guiying xiuying lihua yulan tingting xuemei xinyi zihan shihan"
        " xiaohong chunmei meiling jiayi yajing",
        "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han"
        " tang feng yu dong xiao cheng cao yuan deng ouyang",
        "beijing shanghai guangzhou shenzhen chengdu hangzhou wuhan xian nanjing chongqing tianjin suzhou changsha",
        "renmin rd|zhongshan rd|jiefang rd|jianshe rd|heping st|xinhua rd|wenhua rd|changjiang rd|xingfu st|beijing rd",
    ),
    "arab": (
        "mohammed ahmed ali hassan hussein omar khaled ibrahim youssef mahmoud mustafa abdullah abdulrahman saleh"
        " tariq samir karim faisal nasser walid bilal hamza jamal rashid salman",
        "fatima aisha maryam khadija zainab layla noura sara huda amina hanan samira rania salma yasmin dalal reem"
        " mona iman nadia",
        "al-masri|al-sayed|hassan|ibrahim|al-harbi|al-otaibi|al-qahtani|khalil|mansour|al-ahmad|al-shammari|haddad|nasser"
        "|saleh|al-zahrani|al-ghamdi|awad|osman|abu bakr|el-din|al-khatib|najjar|darwish|sharif|al-hashimi|suleiman",
        "riyadh jeddah dammam mecca medina cairo amman dubai kuwait doha muscat basra",
        "king fahd road|al olaya st|prince sultan st|al nakheel st|tahlia street|airport rd|corniche road|university st",
    ),
    "in": (
        "rajesh suresh ramesh amit sanjay vijay anil sunil ravi manoj rahul ashok vinod deepak ajay mahesh dinesh"
        " mukesh santosh prakash krishna ganesh mohan gopal arjun lakshman venkatesh srinivas harish naveen",
        "sunita anita geeta sita lakshmi priya pooja kavita savita rekha meena usha radha sarita neha asha kamala"
        " saraswati parvati shanti manju nirmala pushpa padma rani seema",
        "kumar singh sharma devi yadav patel gupta verma reddy das khan mishra joshi naidu rao nair iyer pandey thakur"
        " chauhan jain mehta shah ghosh banerjee chowdhury pillai choudhary prasad kaur",
        "rampur sitapur lakhimpur hazaribagh dhanbad nagpur nashik amravati jalgaon satara kolhapur sangli latur akola",
        "gandhi road|station road|temple street|ward no 5|near bus stand|nehru nagar|shivaji chowk|mg road|main bazar",
    ),
    "ru": (
        "александр сергей владимир дмитрий андрей алексей максим евгений михаил иван николай павел виктор юрий"
        " константин олег игорь артём роман василий пётр фёдор григорий",
        "елена наталья ольга татьяна ирина анна светлана мария екатерина людмила юлия галина анастасия надежда"
        " валентина марина любовь александра нина вера оксана ксения",
        "иванов смирнов кузнецов попов васильев петров соколов михайлов новиков фёдоров морозов волков алексеев лебедев"
        " семёнов егоров павлов козлов степанов николаев орлов андреев макаров никитин захаров зайцев соловьёв борисов",
        "москва санкт-петербург новосибирск екатеринбург казань самара омск челябинск уфа пермь волгоград воронеж",
        "ленина|пушкина|гагарина|мира|советская|садовая|лесная|школьная|молодёжная|центральная|новая|набережная",
    ),
    "jp": (
        "太郎 一郎 健太 大輔 翔太 拓也 誠 隆 浩 修 和夫 清 実 進 直樹 達也 健一 正 博 茂 蓮 陽翔 悠真 大翔",
        "花子 陽子 恵子 京子 幸子 和子 洋子 美咲 愛 彩 真由美 由美 明美 久美子 裕子 智子 結衣 陽菜 葵 凛 美穂 直美",
        "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森"
        " 池田 橋本 阿部 石川 前田 藤田 後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田",
        "東京都 大阪府 京都府 北海道 愛知県 福岡県 神奈川県 埼玉県 千葉県 兵庫県 広島県 宮城県",
        "中央町 本町 栄町 緑町 旭町 東町 西町 南町 北町 大手町 桜町 若葉町",
    ),
    "de": (
        "peter michael thomas andreas wolfgang klaus jürgen stefan hans christian günter uwe bernd frank martin dieter"
        " jörg markus alexander heinz lukas felix björn götz rüdiger sören",
        "ursula maria monika petra sabine renate karin brigitte helga andrea gisela claudia susanne christa stefanie"
        " katharina käthe bärbel julia anna lena jutta ilse heike birgit",
        "müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer richter klein"
        " wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange schmitt werner krause köhler"
        " böhm groß weiß größer jäger vogel möller",
        "berlin hamburg münchen köln frankfurt stuttgart düsseldorf dortmund essen leipzig bremen dresden nürnberg",
        "hauptstraße|bahnhofstraße|gartenweg|schulstraße|dorfstraße|bergstraße|goethestraße|lindenallee|mühlenweg",
    ),
    "id": (
        "agus budi joko slamet bambang eko hendra sugeng wahyu suparman sukarno dedi rudi iwan yanto heru dwi tri"
        " suharto mulyono yusuf ahmad muhammad abdul asep ujang",
        "siti sri dewi endang rina ratna wati ningsih sumarni yuni lestari ani kartini suryani fitri nur indah ayu"
        " rini eni wahyuni nurhayati komariah",
        "saputra santoso wijaya setiawan hidayat susanto wibowo kurniawan purnomo nugroho siregar nasution simanjuntak"
        " harahap lubis gunawan hartono suryadi rahman hakim",
        "jakarta surabaya bandung medan semarang makassar palembang depok bekasi bogor malang solo",
        "jl merdeka|jl sudirman|jl diponegoro|jl ahmad yani|jl gajah mada|jl pahlawan|jl melati|jl mawar|gg kenanga",
    ),
    "nl": (
        "jan johannes pieter cornelis hendrik willem gerrit kees henk piet bart thijs daan sem lucas jeroen martijn"
        " marco sander joost ruud wouter maarten",
        "maria johanna anna cornelia elisabeth wilhelmina grietje annie sanne lotte emma julia saskia marieke ingrid"
        " petra monique femke esther anouk",
        "jong|vries|berg|dijk|bakker|visser|smit|meijer|boer|mulder|groot|bos|vos|peters|hendriks|leeuwen|dekker|brouwer"
        "|wit|dijkstra|graaf|haan|linden|heuvel|beek|broek|kok|jacobs|vermeulen|schouten",
        "amsterdam rotterdam utrecht eindhoven groningen tilburg almere breda nijmegen apeldoorn haarlem arnhem",
        "kerkstraat|dorpsstraat|schoolstraat|molenweg|julianalaan|beatrixstraat|stationsweg|hoofdstraat|nieuwstraat",
    ),
    "no": (
        "jan per bjørn ole lars kjell knut svein arne thomas hans geir tor morten terje odd erik øyvind andreas john"
        " håkon pål åge sigurd",
        "anne inger kari marit ingrid liv eva anna maria ida hilde berit nina bjørg åse solveig randi astrid kirsten"
        " øydis turid grete",
        "hansen johansen olsen larsen andersen pedersen nilsen kristiansen jensen karlsen johnsen pettersen eriksen berg"
        " haugen hagen johannessen andreassen jacobsen dahl jørgensen halvorsen henriksen lund sørensen solbakken bakken",
        "oslo bergen trondheim stavanger drammen fredrikstad kristiansand tromsø sandnes ålesund bodø skien",
        "storgata|kirkegata|skolegata|strandgata|parkveien|sjøgata|bjørkeveien|granveien|solveien|åsveien",
    ),
    "kr": (
        "민준 서준 도윤 예준 시우 하준 지호 주원 지후 준우 영수 영호 성민 정훈 동현 상훈 현우 진우 철수 성호",
        "서연 서윤 지우 서현 민서 하은 하윤 윤서 지유 지민 영희 미영 은주 은영 정숙 순자 영자 미경 현주 혜진",
        "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 홍 전 고 문 손 양 배 백 허 남 노",
        "서울 부산 인천 대구 대전 광주 울산 수원 창원 고양 성남 청주",
        "중앙로 대학로 역전로 시청로 충무로 종로 강남대로 해안로 공원로 한강로",
    ),
    "it": (
        "giuseppe antonio giovanni mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno"
        " paolo michele giorgio aldo sergio luciano marco andrea luca matteo",
        "maria anna giuseppina rosa angela giovanna teresa lucia carmela caterina francesca antonietta concetta elena"
        " rita margherita franca paola laura chiara giulia sara martina",
        "rossi|russo|ferrari|esposito|bianchi|romano|colombo|ricci|marino|greco|bruno|gallo|conti|de luca|costa|giordano"
        "|mancini|rizzo|lombardi|moretti|barbieri|fontana|santoro|mariani|rinaldi|caruso|ferrara|galli|d'angelo|di stefano",
        "roma milano napoli torino palermo genova bologna firenze bari catania venezia verona messina padova",
        "via roma|via garibaldi|corso italia|via dante|piazza mazzini|viale europa|via cavour|via verdi|via matteotti",
    ),
    "fr": (
        "jean pierre michel andré philippe rené louis alain jacques bernard marcel daniel roger robert claude gérard"
        " françois nicolas julien thomas jean-pierre jean-claude",
        "marie jeanne françoise monique catherine nathalie isabelle jacqueline anne sylvie martine madeleine nicole"
        " suzanne hélène christine marguerite denise louise élodie marie-claude anne-marie",
        "martin bernard thomas petit robert richard durand dubois moreau laurent simon michel lefebvre leroy roux david"
        " bertrand morel fournier girard bonnet dupont lambert fontaine rousseau vincent müller lefèvre faure mercier",
        "paris marseille lyon toulouse nice nantes strasbourg montpellier bordeaux lille rennes reims",
        "rue de la paix|rue victor hugo|avenue de la république|rue pasteur|place de l'église|rue du moulin|rue des lilas",
    ),
    "tr": (
        "mehmet mustafa ahmet ali hüseyin hasan ibrahim ismail osman yusuf murat ömer ramazan halil süleyman emre burak",
        "fatma ayşe emine hatice zeynep elif meryem şerife zehra sultan hanife merve özlem yasemin büşra esra gülşen",
        "yılmaz kaya demir çelik şahin yıldız yıldırım öztürk aydın özdemir arslan doğan kılıç aslan çetin kara koç kurt"
        " özkan şimşek polat erdoğan korkmaz",
        "istanbul ankara izmir bursa adana gaziantep konya antalya kayseri mersin eskişehir diyarbakır",
        "atatürk caddesi|cumhuriyet caddesi|istiklal sokak|inönü caddesi|gül sokak|çınar sokak|barış caddesi",
    ),
}  # fmt: skip


def add_country(texts: dict[str, tuple[str, ...]]) -> None:
    """Names of further countries, in the form of those here."""
    _TEXTS.update(texts)  # type: ignore[arg-type]


COMPACT = ("cn", "jp", "kr")
"""Written without spaces: a rarer name is two characters together, not two halves."""
CLOSED = ("vn",)
"""Few names, which everybody has: none are made up."""


@dataclass(frozen=True)
class Names:
    """Lists to draw from, the commonest first."""

    male: list[str]
    female: list[str]
    family: list[str]
    place: list[str]
    street: list[str]


def names_of(country: str, random: np.random.Generator) -> Names:
    """The names of a country: 150 given names of each sex, 900 family names, 120 places, 500 streets."""
    male, female, family, place, street = (t.split("|") if "|" in t else t.split() for t in _TEXTS[country])
    if country in CLOSED:
        return Names(male, female, family, place, street)
    compact = country in COMPACT
    return Names(
        _stretch(male, 150, random, compact),
        _stretch(female, 150, random, compact),
        _stretch(family, 120 if compact else 900, random, compact),
        _stretch(place, 120, random, compact),
        _stretch(street, 500, random, compact),
    )


def _stretch(known: list[str], n: int, random: np.random.Generator, compact: bool) -> list[str]:
    """The known names and rarer ones made of the halves of two of them."""
    found = dict.fromkeys(known)
    for _ in range(60 * n):
        if len(found) >= n:
            break
        a, b = (known[k] for k in random.integers(0, len(known), 2))
        if compact:
            made = a[0] + b[-1]
        else:
            made = a[: int(random.integers(len(a) // 2, len(a) // 2 + 2))] + b[len(b) // 2 :]
        found.setdefault(made.strip())
    return list(found)[:n]


def draw(names: list[str], n: int, random: np.random.Generator, flat: float = 4.0) -> list[str]:
    """n names, the k-th as often as 1 / (k + flat)."""
    share = 1 / (np.arange(len(names)) + flat)
    return [names[k] for k in random.choice(len(names), n, p=share / share.sum())]
