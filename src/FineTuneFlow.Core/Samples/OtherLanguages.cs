using System.Text;

namespace FineTuneFlow.Core.Samples;

/// <summary>Reviews in other languages and scripts: two or three phrases with a place for a thing and a number.</summary>
internal static class OtherLanguages
{
    private static readonly Language[] All =
    [
        new(
            ["die App", "die Suche", "der Kalender", "die Anmeldung", "das Menü", "der Wecker", "die Karte", "die Größenänderung"],
            ["{f} stürzt ständig ab", "leider unbrauchbar", "{f} geht seit Version {n} nicht mehr", "Finger weg", "nur Werbung, schade ums Geld"],
            ["{f} ist in Ordnung", "geht so", "{f} könnte besser sein", "mal gut, mal schlecht"],
            ["{f} läuft einwandfrei", "sehr gute App", "bin begeistert", "{f} ist spitze, seit {n} Monaten dabei", "klare Empfehlung"]),
        new(
            ["la búsqueda", "el menú", "la aplicación", "el calendario", "la sincronización", "el teclado"],
            ["{f} no funciona", "una pérdida de tiempo", "se cierra sola desde hace {n} días", "demasiados anuncios, ¡qué vergüenza!"],
            ["{f} está bien, sin más", "regular", "{f} podría mejorar"],
            ["{f} funciona genial", "la mejor que he probado", "¡me encanta!", "muy útil, la uso desde hace {n} años"]),
        new(
            ["l'application", "la recherche", "le menu", "la sauvegarde", "l'écran d'accueil", "le minuteur"],
            ["{f} plante sans arrêt", "à fuir", "très déçu, {f} ne marche plus depuis {n} jours", "trop de publicité"],
            ["{f} est correcte", "moyen", "peut mieux faire"],
            ["{f} est géniale", "parfait, merci", "je recommande vivement", "utilisée depuis {n} mois, rien à redire"]),
        new(
            ["поиск", "приложение", "календарь", "вход", "синхронизация", "будильник"],
            ["{f} не работает", "ужасно, удалил", "постоянно вылетает после обновления {n}", "сплошная реклама"],
            ["{f} нормально", "так себе", "могло быть лучше"],
            ["{f} отлично работает", "лучшее из всех", "очень довольна", "пользуюсь {n} лет, всё супер"]),
        new(
            ["التطبيق", "البحث", "التقويم", "الخريطة", "المنبه"],
            ["{f} لا يعمل", "سيء جدا", "يتوقف منذ {n} أيام", "إعلانات كثيرة"],
            ["{f} مقبول", "عادي", "يحتاج إلى تحسين"],
            ["{f} رائع", "ممتاز جدا", "أفضل ما جربت", "أستخدمه منذ {n} سنوات"]),
        new(
            ["ऐप", "खोज", "कैलेंडर", "अलार्म", "नक्शा"],
            ["{f} काम नहीं करता", "बहुत खराब", "{n} दिन से बंद है"],
            ["{f} ठीक है", "औसत"],
            ["{f} बहुत अच्छा है", "सबसे बढ़िया", "{n} साल से उपयोग कर रहा हूँ"]),
        new(
            ["搜索", "日历", "登录", "地图", "备份", "闹钟"],
            ["{f}完全不能用", "垃圾软件", "更新{n}次还是闪退", "广告太多"],
            ["{f}还可以", "一般般", "有待改进"],
            ["{f}非常好用", "强烈推荐", "用了{n}年,一直很满意", "完美"]),
        new(
            ["検索", "カレンダー", "ログイン", "地図", "バックアップ"],
            ["{f}が全然動かない", "最悪です", "{n}回も落ちました", "広告が多すぎる"],
            ["{f}は普通です", "まあまあ", "改善してほしい"],
            ["{f}がとても便利", "最高です", "{n}年使っています", "おすすめです"]),
        new(
            ["검색", "달력", "로그인", "지도", "알람"],
            ["{f}이 안 돼요", "최악의 앱", "{n}번이나 꺼졌어요"],
            ["{f} 그냥 그래요", "보통입니다"],
            ["{f} 정말 좋아요", "최고입니다", "{n}년째 쓰고 있어요", "강력 추천"]),
        new(
            ["መተግበሪያው", "ፍለጋው", "ካርታው"],
            ["{f} አይሰራም", "በጣም መጥፎ ነው", "ከ{n} ቀን ጀምሮ ተበላሽቷል"],
            ["{f} ደህና ነው", "መካከለኛ"],
            ["{f} በጣም ጥሩ ነው", "ምርጥ ነው", "ለ{n} ዓመት ተጠቅሜበታለሁ"]),
    ];

    /// <summary>Writes a review in one of the languages.</summary>
    /// <param name="text">At its end.</param>
    /// <param name="level">0, the worst, to 4.</param>
    /// <param name="random">Numbers.</param>
    public static void Write(StringBuilder text, int level, ref SampleRandom random)
    {
        Language language = random.Pick<Language>(All);
        string[] phrases = level < 2 ? language.Bad : level == 2 ? language.Middling : language.Good;
        int count = 2 + random.Below(3);
        for (int i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : random.Chance(0.5) ? ". " : ", ");
            text.Append(random.Pick<string>(phrases)
                .Replace("{f}", random.Pick<string>(language.Things), StringComparison.Ordinal)
                .Replace("{n}", (2 + random.Below(97)).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        text.Append(random.Chance(0.6) ? "." : "");
    }

    private sealed record Language(string[] Things, string[] Bad, string[] Middling, string[] Good);
}
