using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Whatever encoding a text in its script was written in is recognised, or a question.</summary>
public sealed class EncodingTests
{
    private static readonly (string Language, string[] Encodings, string[] Sentences)[] Texts =
    [
        ("French", ["windows-1252", "macintosh", "ibm850", "iso-8859-15"],
            ["Le produit est arrivé cassé et le vendeur ne répond pas", "Très déçu par la qualité, je ne recommande pas", "Livraison rapide, emballage soigné, c'est parfait", "Ça marche bien après la mise à jour", "L'écran s'éteint dès que j'ouvre une fenêtre"]),
        ("German", ["windows-1252", "macintosh", "ibm850"],
            ["Das Gerät läuft schön leise und fühlt sich gut an", "Leider ist die Hülle viel zu groß für mein Telefon", "Die Lieferung kam pünktlich, alles prima, gerne wieder", "Für den Preis völlig überzeugend, würde ich wieder kaufen"]),
        ("Spanish", ["windows-1252", "macintosh"],
            ["El producto llegó rápido pero la batería no duró ni un día", "No funcionó después de la actualización, qué decepción", "Muy buena relación calidad precio, lo recomendaré", "El tamaño es pequeño para mi habitación"]),
        ("Polish", ["windows-1250", "iso-8859-2", "ibm852"],
            ["Produkt przyszedł uszkodzony, sprzedawca nie odpowiada na wiadomości", "Świetna jakość, polecam każdemu, kto szuka dobrej książki", "Niestety bateria wytrzymała tylko dwa tygodnie, żałuję zakupu", "Przesyłka dotarła następnego dnia, wszystko się zgadza"]),
        ("Czech", ["windows-1250", "iso-8859-2", "ibm852"],
            ["Zboží dorazilo poškozené a prodejce neodpovídá na zprávy", "Výborná kvalita, určitě doporučuji všem přátelům", "Bohužel baterie vydržela jen dva týdny, příště už ne", "Rychlé doručení, všechno v pořádku, děkuji"]),
        ("Russian", ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic"],
            ["Товар пришёл сломанным, продавец не отвечает", "Отличное качество, всем советую эту книгу", "Очень плохой сервис, больше никогда не закажу", "Доставка быстрая, упаковка целая, спасибо", "Приложение постоянно вылетает после обновления"]),
        ("Ukrainian", ["windows-1251", "koi8-u"],
            ["Товар прийшов пошкоджений, продавець не відповідає", "Чудова якість, раджу всім своїм друзям", "Дуже поганий сервіс, більше ніколи не замовлю"]),
        ("Greek", ["windows-1253", "iso-8859-7"],
            ["Το προϊόν ήρθε σπασμένο και ο πωλητής δεν απαντά", "Εξαιρετική ποιότητα, το συνιστώ σε όλους", "Πολύ κακή εξυπηρέτηση, δεν θα ξαναπαραγγείλω"]),
        ("Turkish", ["windows-1254"],
            ["Ürün kırık geldi ve satıcı cevap vermiyor", "Çok kaliteli, herkese tavsiye ediyorum", "Kargo çok geç geldi, bir daha sipariş vermeyeceğim", "Güzel bir uygulama ama güncellemeden sonra açılmıyor"]),
        ("Hebrew", ["windows-1255"],
            ["המוצר הגיע שבור והמוכר לא עונה", "איכות מעולה, אני ממליץ לכולם", "שירות גרוע מאוד, לא אזמין יותר"]),
        ("Arabic", ["windows-1256", "iso-8859-6"],
            ["وصل المنتج مكسورا والبائع لا يرد", "جودة ممتازة وأنصح به الجميع", "خدمة سيئة جدا ولن أطلب مرة أخرى", "التطبيق يتوقف بعد التحديث الأخير"]),
        ("Thai", ["windows-874"],
            ["สินค้ามาถึงแตกหักและผู้ขายไม่ตอบ", "คุณภาพดีมากแนะนำให้ทุกคน", "บริการแย่มากจะไม่สั่งอีก"]),
        ("Chinese", ["gb18030"],
            ["这个产品到货的时候就坏了，卖家也不回复", "质量很好，我会推荐给朋友", "服务态度非常差，以后不会再买", "送货很快，包装也很好"]),
        ("Traditional Chinese", ["big5"],
            ["這個產品到貨的時候就壞了，賣家也不回覆", "品質很好，我會推薦給朋友", "服務態度非常差，以後不會再買"]),
        ("Japanese", ["shift_jis", "euc-jp"],
            ["商品が壊れて届いたのに、お店から返事がありません", "とても良い品質で、友達にもすすめたいです", "サービスがとても悪いので、もう買いません", "配達が早くて、包装もきれいでした"]),
        ("Korean", ["ks_c_5601-1987"],
            ["제품이 고장난 상태로 도착했고 판매자가 답이 없습니다", "품질이 아주 좋아서 모두에게 추천합니다", "서비스가 너무 나빠서 다시는 주문하지 않겠습니다", "배송이 빠르고 포장도 좋았어요"]),
    ];

    public static TheoryData<string, string> Cases() => [.. Texts.SelectMany(text => text.Encodings.Select(encoding => (text.Language, encoding)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_text_in_its_script_is_recognised_whatever_it_was_written_in(string language, string encoding)
    {
        string[] sentences = Texts.Single(text => text.Language == language).Sentences;
        string csv = Csv(Enumerable.Range(0, 40).Select(i => sentences[i % sentences.Length]));
        byte[] bytes = CodePages.Find(encoding)!.GetBytes(csv);

        SourceEncoding guess = SourceEncodings.Detect(bytes, null, out _);

        guess.Certainty.ShouldBeGreaterThanOrEqualTo(EncodingGuess.Certain, $"{language} in {encoding} is taken for {guess}");
        Decode(guess, bytes).ShouldBe(csv, $"{language} in {encoding} is taken for {guess}");
    }

    [Fact]
    public void A_few_words_are_recognised_or_a_question_and_never_read_wrongly_without_a_word()
    {
        var wrong = new List<string>();
        var picks =
            from text in Gen.Elements(Texts)
            from encoding in Gen.Elements(text.Encodings)
            from sentence in Gen.Elements(text.Sentences)
            from words in Gen.Choose(1, 8)
            select (encoding, Part: string.Join(' ', sentence.Split(' ').Take(words)));
        Prop.ForAll(picks.ToArbitrary(), pick =>
        {
            byte[] bytes = CodePages.Find(pick.encoding)!.GetBytes(Csv([pick.Part]));

            SourceEncoding guess = SourceEncodings.Detect(bytes, null, out _);

            (Decode(guess, bytes) == Csv([pick.Part]) || guess.Certainty < EncodingGuess.Certain).ShouldBeTrue($"{pick} is taken for {guess}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void An_uncertain_guess_stops_a_preparation_until_the_recipe_names_the_encoding()
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 60; i++)
        {
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"a text with the number {i}{(i == 7 ? " \u00b4\u00b8" : "")},{(i % 2 == 0 ? "a" : "b")}\n");
        }

        byte[] bytes = CodePages.Find("windows-1252")!.GetBytes(csv.ToString());

        Finding question = DatasetCheck.Check("t.csv", () => new MemoryStream(bytes), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken)
            .Profile.Findings.Single(finding => finding.Code == "uncertain-encoding");
        question.Example.ShouldNotBeNull().ShouldContain("number 7");
        Failure failure = PreparedFolder.FailureOf(bytes);
        failure.Field.ShouldBe("dataset.csv.encoding");
        failure.Message.ShouldNotContain("number 7", Case.Sensitive, "no text goes into the history");
        using var named = PreparedFolder.From(bytes, new DatasetRecipe { Csv = new CsvRecipe { Encoding = "cp1252" } });
        named.AllRows().Count.ShouldBe(60);
    }

    [Theory]
    [InlineData("windows-1252", "French", "latin-1")]
    [InlineData("windows-1251", "Russian", "windows-1251")]
    [InlineData("gb18030", "Chinese", "gb18030")]
    public void A_file_whose_first_megabyte_is_ascii_is_a_question_where_another_encoding_follows(string encoding, string language, string name)
    {
        string[] sentences = Texts.Single(text => text.Language == language).Sentences;
        string csv = LongCsv("a plain text") + string.Concat(Enumerable.Range(0, 40).Select(i => $"\"{sentences[i % sentences.Length]} {i}\",{(i % 2 == 0 ? "a" : "b")}\n"));
        byte[] bytes = CodePages.Find(encoding)!.GetBytes(csv);

        Finding question = Findings(bytes).Single(finding => finding.Code == "late-encoding");
        (question.Grade, question.AnsweredBy, question.Count).ShouldBe((FindingGrade.Necessary, "dataset.csv.encoding", 40));
        question.Message.ShouldContain($"may be {name} ");
        question.Lines[0].ShouldBe(LongRows + 2);
        PreparedFolder.FailureOf(bytes).Field.ShouldBe("dataset.csv.encoding");

        using var named = PreparedFolder.From(bytes, new DatasetRecipe { Csv = new CsvRecipe { Encoding = encoding } });
        named.AllRows().ShouldContain(row => row.Text == $"{sentences[0]} 0");
        named.Manifest.Rows.Rejected.ShouldBe(0);
        using var utf8 = PreparedFolder.From(bytes, new DatasetRecipe { Csv = new CsvRecipe { Encoding = "utf-8" } });
        utf8.Manifest.Rows.Rejected.ShouldBe(40);
    }

    [Fact]
    public void A_label_in_another_encoding_behind_the_first_megabyte_is_a_question_and_no_class_of_damaged_letters()
    {
        string csv = LongCsv("a plain text") + string.Concat(Enumerable.Range(0, 40).Select(i => $"another text {i},m\u00e9diocre\n"));

        Findings(CodePages.Find("windows-1252")!.GetBytes(csv)).Single(finding => finding.Code == "late-encoding").Count.ShouldBe(40);
    }

    [Fact]
    public void Damaged_rows_in_a_long_file_that_is_utf8_are_left_out_and_no_question()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(LongCsv("un caf\u00e9 tr\u00e8s bon")), .. CodePages.Find("windows-1252")!.GetBytes("le caf\u00e9 est cass\u00e9,a\n")];

        List<Finding> findings = Findings(bytes);

        findings.ShouldContain(finding => finding.Code == "wrong-encoding" && finding.Count == 1);
        findings.ShouldNotContain(finding => finding.AnsweredBy != null);
    }

    [Theory]
    [InlineData("cp1251", "windows-1251")]
    [InlineData("KOI8-R", "koi8-r")]
    [InlineData("gbk", "gb18030")]
    [InlineData("sjis", "shift_jis")]
    [InlineData("euc-kr", "ks_c_5601-1987")]
    [InlineData("mac-roman", "macintosh")]
    [InlineData("cp866", "ibm866")]
    [InlineData("iso8859-2", "iso-8859-2")]
    public void An_encoding_can_be_named_as_dotnet_python_and_iconv_name_it(string name, string meant) =>
        CodePages.Find(name).ShouldNotBeNull().CodePage.ShouldBe(CodePages.Find(meant)!.CodePage);

    [Theory]
    [InlineData("klingon")]
    [InlineData("utf-7")]
    public void Another_name_is_refused_with_examples(string name) =>
        Should.Throw<FlowException>(() => SourceEncodings.Detect("a,b\n"u8, name, out _)).Failure.Remedy.ShouldNotBeNull().ShouldContain("windows-1251");

    [Theory]
    [InlineData("Le caf\u00e9 est bon", true)]
    [InlineData("don\u2019t buy \u2013 \u201cbad\u201d", true)]
    [InlineData("Отличное качество", true)]
    [InlineData("\u00abCAF\u00c9\u00bb \u00dcn\u00fc \u00c9\u2026", false)]
    public void Utf8_that_was_read_as_windows_1252_is_found(string text, bool damaged)
    {
        string seen = damaged ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(CodePages.Find("windows-1252")!.GetString(Encoding.UTF8.GetBytes(text)))) : text;
        string csv = Csv(Enumerable.Range(0, 60).Select(i => i % 10 == 0 ? seen : "a plain text"));

        var findings = DatasetCheck.Check("t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile.Findings;

        findings.Any(finding => finding.Code == "read-twice").ShouldBe(damaged);
    }

    private const int LongRows = 40_000;

    /// <summary>More than the megabyte that the encoding is told from.</summary>
    private static string LongCsv(string text)
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, LongRows).Select(i => $"{text} with the number {i},{(i % 2 == 0 ? "a" : "b")}\n"));
        csv.Length.ShouldBeGreaterThan(SourceReader.HeadBytes + 10_000);
        return csv;
    }

    private static List<Finding> Findings(byte[] bytes) =>
        [.. DatasetCheck.Check("t.csv", () => new MemoryStream(bytes), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile.Findings];

    private static string Csv(IEnumerable<string> texts) => "text,label\n" + string.Concat(texts.Select((text, i) => $"\"{text} {i}\",{(i % 2 == 0 ? "a" : "b")}\n"));

    private static string Decode(SourceEncoding encoding, byte[] bytes)
    {
        using var reader = new StreamReader(encoding.ToUtf8(new MemoryStream(bytes)), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
