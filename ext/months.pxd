# A word -> the month that it names, in some thirty languages. Header-only, without the GIL.
#
# English names count by their first three letters; the others are listed in lower case, whole words, or stems
# with a star behind them. The longest one that fits counts: "cervenec" is not "cerven".
from libc.stdint cimport uint8_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static const char linkage_english[12][4] = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
    };
    static const char *const linkage_month_words[12] = {
            "ene enero* gen gennaio* ianuar* jän jänner* led leden* ledna* oca ocak* siječ* sty styczeń* "
            "styczn* tammi* ιαν ιανου* січ янв январ* януар* ינואר* فروردين* فروردین* يناير* जनवरी* ม.ค "
            "มกรา* ian jaan* saus* جنوری* ژانویه* جانفي* জানু* yan yanvar* січ* ιανουά* яну* јан* ",
            "fevereiro* fevr fevrier* fév févr février* helmi* lut lutego* luty* veljač* úno únor* února* "
            "şub şubat* φεβ лют лютий* лютого* фeврал* фев феврал* февру* פברואר* ارديبهشت* اردیبهشت* "
            "شباط* فبراير* फरवरी* फ़रवरी* ก.พ กุมภา* fev veebr* vasar* φεβρου* فروری* فوریه* فيفري* "
            "ফেব্রু* феб* ",
            "bře březen* března* maalis* maart* mrt mrz mác márc március* mär märz* ožuj* μαρ μαρτ* бер "
            "берез* мар март* מרץ آذار* خرداد* مارس* मार्च* มี.ค* มีนา* mac març* märts* kov kovo* μαρτί* "
            "μάρτ* مارچ* মার্চ* ",
            "abr abril* avr avril* dub duben* dubna* huhti* kwi kwiec* nis nisan* travanj* travnja* ápr "
            "április* απρ апр апрел* април* кві квіт* אפריל* أبريل* إبريل* ابريل* تير تیر نيسان* अप्रैल* "
            "เม.ย* เมษา* kwietn* baland* απριλ* απρίλ* اپریل* آوریل* أفريل* افريل* এপ্রিল* ",
            "kvě květ* mag maggio* mai maio* maj mei máj május* svib* touko* μαΐ μαι μαϊ май мая тра "
            "травень* травня* מאי أيار* مايو* مرداد* मई พ.ค พฤษภา* maja maí maig* maij* geguž* μαΐου μάιος "
            "μαίου мај* مئی ماي মে ",
            "cze czerwca* czerwiec* giu giugno* haz haziran* juin jún június* kesä* lipanj* lipnja* "
            "červen* června* ιουν июн чер черв* юни יוני* حزيران* شهريور* شهریور* يونيه* يونيو* जून มิ.ย* "
            "มิถุนา* iun iunie* juun* jūn* birž* июня июнь ιουνί* јун* جون ژوئن* جوان* জুন* ",
            "heinä* juil juillet* júl július* lip lipca* lipiec* lug luglio* srpanj* srpnja* tem temmuz* "
            "července* červenec* ιουλ июл лип липень* липня* юли יולי* تموز* مهر يوليه* يوليو* जुलाई* ก.ค "
            "กรกฎา* iul iulie* juul* jūl* liep* июля июль ιουλί* јул* جولائی* ژوئیه* جويلية* يوليوز* "
            "জুলাই* ",
            "ago agosto* agu agustus* aout aoû août avg ağu ağustos* elo kolovoz* sie sierpień* sierpnia* "
            "srp srpen* srpna* αυγ авг август* сер серп* אוגוסט* آبان* أغسطس* اغسطس* अगस्त* ส.ค สิงหา* "
            "ogos* ágúst* rugpj* αυγού* αύγου* اگست* اوت أوت غشت* আগস্ট* ",
            "eyl eylül* rujan* rujna* set setemb* settemb* syys* szep szept wrz wrze* zář září* σεπ вер "
            "верес* сен сентяб* септем* ספטמבר* آذر أيلول* سبتمبر* सितंबर* सितम्बर* ก.ย กันยา* rugs* "
            "σεπτε* σεπτέ* ستمبر* سپتامبر* شتنبر* সেপ্টে* ",
            "eki ekim* loka* okt oktob* októb* ott ottob* out outub* paź paździer* říj říjen* října* οκτ "
            "жов жовт* окт октом* октяб* אוקטובר* أكتوبر* اكتوبر* دي دی अक्टूबर* अक्तूबर* ต.ค ตุลา* oktoo* "
            "spal* οκτω* οκτώ* اکتوبر* اکتبر* অক্টো* ",
            "kas kasım* lis listop* listopad* marras* noyab* studeni* νοε лис ноем* ноя ноябр* נובמבר* "
            "بهمن* نوفمبر* नवंबर* नवम्बर* พ.ย พฤศจิกา* noiem* lapkr* νοεμ* νοέμ* листоп* نومبر* نوامبر* "
            "نونبر* নভে* ",
            "ara aralık* des desemb* dez dezemb* dezembr* dic dicemb* dicie* diciemb* dis déc décemb* gru "
            "grudnia* grudzień* joulu* pro prosin* prosinac* prosince* δεκ гру груд* дек декаб* декем* "
            "דצמבר* اسفند* ديسمبر* दिसंबर* दिसम्बर* ธ.ค ธันวา* detsem* gruod* δεκεμ* δεκέμ* دسمبر* دسامبر* "
            "دجنبر* ডিসে* ",
    };
    static inline int linkage_month_named(const uint8_t *word, int n) {
        int found = 0, longest = 0;
        for (int m = 0; m < 12; m++) {
            if (n >= 3 && memcmp(word, linkage_english[m], 3) == 0 && longest < 3) { found = m + 1; longest = 3; }
            for (const char *p = linkage_month_words[m]; *p; ) {
                const char *space = strchr(p, ' ');
                int length = (int) (space - p), stem = space[-1] == '*';
                length -= stem;
                if (length > longest && *p == (char) word[0] && (stem ? length <= n : length == n)
                        && memcmp(p, word, length) == 0) { found = m + 1; longest = length; }
                p = space + 1;
            }
        }
        return found;
    }
    """
    # n bytes of a word in lower case -> 1 to 12, 0 = no month; needs n > 0.
    int month_named "linkage_month_named"(const uint8_t *word, int n) noexcept nogil
