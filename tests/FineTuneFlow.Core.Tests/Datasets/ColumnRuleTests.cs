using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>The rules by which a table's columns are told, one at a time. A table is written as its columns: a name, and what its
/// values are (see <see cref="Value"/>).</summary>
public sealed class ColumnRuleTests
{
    [Theory]
    // Certain names first, unless nothing stands under them, then usual names in their order, then words in the name, then values.
    [InlineData("text:words,stars:1|2|3,labels:a|b", "labels")]
    [InlineData("text:words,label:none,kind:a|b", "kind")]
    [InlineData("text:words,category:a|b|c|d,stars:1|2|3|4|5|6|7", "stars")]
    [InlineData("text:words,user_mood:a|b,topic:a|b|c", "topic")]
    [InlineData("text:words,kind:a|b|c|d,user_mood:a|b", "user_mood")]
    [InlineData("text:words,author:a|b|c|d,kind:a|b", "kind")]
    // A value that never changes is a label only under a name that says so.
    [InlineData("text:words,kind:a,reason:a|b", "reason")]
    [InlineData("text:words,sentiment:good", "sentiment")]
    // Four classes are likelier than two or many, and short values likelier than phrases.
    [InlineData("text:words,kind:a|b,reason:a|b|c|d", "reason")]
    [InlineData("text:words,kind:a b c|d e f|g h i|j k l,reason:a|b|c|d", "reason")]
    // A measure is an opinion where its values are words, and none where they are numbers.
    [InlineData("text:words,price:good|bad|fair|poor", "price")]
    [InlineData("text:words,price:1|2|3|4,kind:a|b", "kind")]
    [InlineData("text:words,price:good|bad|fair|4,kind:a|b|c|d|e|f|g|h", "price")]
    public void The_label_is_told_by_its_name_and_then_by_its_values(string table, string label) => Told(table).Columns.Label.ShouldBe(label);

    [Fact]
    public void Columns_that_have_another_use_by_the_recipe_are_no_label()
    {
        Told("label:words,kind:a|b|c", new DatasetRecipe { Text = new OneOrMany<string>("label") }).Columns.Label.ShouldBe("kind");
        Told("text:words,label:a|b|c,kind:x|y", new DatasetRecipe { Split = new SplitRecipe { Column = "label" } }).Columns.Label.ShouldBe("kind");
    }

    [Fact]
    public void Where_nothing_looks_like_a_label_the_setting_is_named()
    {
        Failure failure = Should.Throw<FlowException>(() => Told("text:words,remark:words,kind:a")).Failure;

        (failure.Field, failure.Location?.Line).ShouldBe(("dataset.label", 1));
        failure.Message.ShouldBe("no label column can be told from the names (text, remark, kind) or the values");
        failure.Remedy.ShouldBe("Name it in the recipe: \"dataset\": { \"label\": \"…\" }");
    }

    [Fact]
    public void Where_nothing_looks_like_a_text_the_setting_is_named() =>
        Should.Throw<FlowException>(() => Told("number:serial,label:a|b")).Failure.Field.ShouldBe("dataset.text");

    [Fact]
    public void With_fewer_than_ten_rows_more_rows_are_asked_for_and_no_column()
    {
        Should.Throw<FlowException>(() => Told("text:words,number:serial", rows: 9)).Failure.Message.ShouldBe("the file has 9 rows, fewer than ten examples");
        Should.Throw<FlowException>(() => Told("text:words,number:serial", rows: 10)).Failure.Field.ShouldBe("dataset.label");
    }

    [Theory]
    [InlineData("text:words,label:a|b,kind:x|y|z,flag:0|1|2|3|4|5|6|7|8", "its name, and 2 different values in 120 rows; next would be kind (3 values)")]
    [InlineData("text:words,label:a|b,kind:x", "its name, and 2 different values in 120 rows")]
    [InlineData("text:words,stars:1|2|3,kind:x|y", "its name, and 3 different values in 120 rows; next would be kind (2 values)")]
    [InlineData("text:words,kind:a|b|c|d,reason:0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15", "its values: 4 different values in 120 rows, each often; next would be reason (16 values)")]
    public void The_reason_says_what_was_seen_and_what_came_next(string table, string reason) => Told(table).Columns.LabelReason.ShouldBe(reason);

    [Theory]
    // Names that say so are rivals whatever their values, values alone only where they look nearly as much like labels.
    [InlineData("text:words,sentiment:a|b|c|d,intent:0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15", "sentiment, intent")]
    [InlineData("text:words,kind:a|b|c|d,reason:e|f|g", "kind, reason")]
    [InlineData("text:words,kind:a|b|c|d,reason:0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15", null)]
    [InlineData("text:words,sentiment:a|b|c|d,reason:e|f|g", null)]
    [InlineData("text:words,label:a|b|c|d,sentiment:e|f|g", null)]
    // The same in other words is no rival, and more detail is.
    [InlineData("text:words,sentiment:bad|good,intent:0|1", null)]
    [InlineData("text:words,sentiment:bad|good|good,intent:0|1|2", "sentiment, intent")]
    [InlineData("text:words,sentiment:a|b|c,intent:0|1|1", "sentiment, intent")]
    [InlineData("text:words,sentiment:good,intent:1", "sentiment, intent")]
    [InlineData("text:words,kind:bad|good,reason:0|1", "kind, reason")]
    public void Another_column_that_could_be_the_label_is_a_question(string table, string? rivals)
    {
        Finding? question = Told(table).Questions.SingleOrDefault(question => question.Code == "label-unclear");

        question?.Message.ShouldBe($"rows, but their columns are not certain: {rivals} could each be the label; {rivals!.Split(',')[0]} was taken");
        (question?.AnsweredBy, question?.Remedy).ShouldBe(rivals is null ? (null, null) : ("dataset.label", "Name the column in the recipe: dataset.label"));
        (question is null).ShouldBe(rivals is null);
    }

    [Theory]
    // By name, unless it holds numbers and another column has words.
    [InlineData("comment:words,review:words,label:a|b", "review", "its name; next would be comment")]
    [InlineData("review:serial,remark:words,label:a|b", "remark", "its values: 4 words on average, nearly all different")]
    [InlineData("review:serial,body:words,label:a|b", "body", "its name")]
    [InlineData("review:serial,number:serial,label:a|b", "review", "its name")]
    // Then by a word in the name, then by the length of the values.
    [InlineData("remark:more words,user_review:words,label:a|b", "user_review", "its name and values: 4 words on average, nearly all different; next would be remark")]
    [InlineData("remark:words,opinion:more words,label:a|b", "opinion", "its values: 8 words on average, nearly all different; next would be remark")]
    [InlineData("opinion:more words,remark:words,label:a|b", "opinion", "its values: 8 words on average, nearly all different; next would be remark")]
    [InlineData("opinion:words,remark:more words,thought:fewer words,label:a|b", "remark", "its values: 8 words on average, nearly all different; next would be opinion")]
    // Underscores, hyphens and blanks are all the same.
    [InlineData("comment:words,Review-Body:words,label:a|b", "Review-Body", "its name; next would be comment")]
    [InlineData("comment:words,review body:words,label:a|b", "review body", "its name; next would be comment")]
    [InlineData("comment:words,review_body:words,label:a|b", "review_body", "its name; next would be comment")]
    // A title goes before its text.
    [InlineData("title:words,text:more words,label:a|b", "title+text", "their names: title and body make one text")]
    [InlineData("text:more words,label:a|b,review_title:words", "review_title+text", "their names: title and body make one text")]
    [InlineData("headline:words,title:words,text:more words,label:a|b", "title+text", "their names: title and body make one text; next would be headline")]
    [InlineData("title:words,user_review:more words,label:a|b", "title+user_review", "their names: title and body make one text")]
    [InlineData("title:words,remark:more words,label:a|b", "remark", "its values: 8 words on average, nearly all different; next would be title")]
    public void The_text_is_told_by_its_name_and_then_by_its_values(string table, string text, string reason)
    {
        RecognisedColumns columns = Told(table).Columns;

        string.Join('+', columns.Text).ShouldBe(text);
        columns.TextReason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(120, 10, true)]
    [InlineData(120, 9, false)] // ten at least
    [InlineData(400, 20, true)]
    [InlineData(400, 19, false)] // and a twentieth of the rows
    public void A_title_is_a_title_where_it_varies(int rows, int titles, bool joined) =>
        Told($"title:{string.Join('|', Enumerable.Range(0, titles).Select(i => $"Game no. {i}"))},text:more words,label:a|b", rows: rows)
            .Columns.Text.ShouldBe(joined ? ["title", "text"] : ["text"]);

    [Fact]
    public void A_title_of_three_letters_is_a_code() => Told("title:code,text:more words,label:a|b").Columns.Text.ShouldBe(["text"]);

    [Fact]
    public void Columns_that_have_another_use_by_the_recipe_are_no_text()
    {
        Told("remark:words,opinion:more words,label:a|b", new DatasetRecipe { Slices = ["opinion"] }).Columns.Text.ShouldBe(["remark"]);
        Told("remark:words,opinion:more words,label:a|b", new DatasetRecipe { Split = new SplitRecipe { Column = "opinion" } }).Columns.Text.ShouldBe(["remark"]);
        Told("text:words,remark:more words,label:a|b", new DatasetRecipe { Label = "text" }).Columns.Text.ShouldBe(["remark"]);
    }

    [Theory]
    // Without names half as much text counts, with a name only another that is usual for texts.
    [InlineData("remark:words,opinion:words,label:a|b", "opinion", "remark")]
    [InlineData("opinion:more words,remark:fewer words,label:a|b", null, null)]
    [InlineData("text:words,remark:words,label:a|b", null, null)]
    [InlineData("text:words,comment:words,label:a|b", "comment", "text")]
    [InlineData("remark:words,user_name:words,label:a|b", null, null)]
    // Halves of a pair belong together however short the second is, but not a single word.
    [InlineData("question:more words,answer:fewer words,label:a|b", "answer", "question")]
    [InlineData("text1:more words,text2:fewer words,label:a|b", "text2", "text1")]
    [InlineData("question:more words,answer:code,label:a|b", null, null)]
    // The title is a part of the text already.
    [InlineData("headline:words,body:words,label:a|b", null, null)]
    public void Another_text_is_a_question(string table, string? second, string? taken)
    {
        Finding? question = Told(table).Questions.SingleOrDefault(question => question.Code == "second-text");

        question?.Message.ShouldBe($"rows, but their columns are not certain: {second} holds texts too, which may belong to those of {taken}; only {taken} was taken");
        (question is null).ShouldBe(second is null);
    }

    [Fact]
    public void A_doubled_name_is_told_with_the_columns_that_were_taken()
    {
        Finding question = Told("title:words,body:more words,kind:a|b|c|d,body:words").Questions.Single(question => question.Code == "doubled-header-names");

        question.Message.ShouldBe("rows, but their columns are not certain: the header has body more than once (the second is called body_2); text was taken from title and body, the label from kind");
        question.Remedy.ShouldBe("Name the column in the recipe: dataset.text");
    }

    [Fact]
    public void A_record_that_is_too_short_says_nothing_of_two_columns()
    {
        string csv = "text,sentiment,intent\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i == 3 ? "some words here,good\n" : i % 2 == 0 ? $"some words {i},bad,0\n" : $"some words {i},good,1\n"));

        ToldOfFile(csv, new DatasetRecipe()).Questions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Text", "text", "Did you mean \"text\"? Column names are case-sensitive")]
    [InlineData("words", "text", "Correct dataset.text in the recipe or the file's header")]
    public void A_column_that_the_recipe_names_must_be_there(string wanted, string there, string remedy)
    {
        Failure failure = Should.Throw<FlowException>(() => Told($"{there}:words,label:a|b", new DatasetRecipe { Text = new OneOrMany<string>(wanted) })).Failure;

        failure.Message.ShouldBe($"there is no column \"{wanted}\" (recipe: dataset.text); the file has text, label");
        (failure.Remedy, failure.Field, failure.Location).ShouldBe((remedy, "dataset.text", new SourceLocation("t.csv", 1, wanted)));
        Should.Throw<FlowException>(() => Told($"{there}:words,label:a|b", new DatasetRecipe { Label = wanted })).Failure.Field.ShouldBe("dataset.label");
    }

    [Fact]
    public void What_the_recipe_names_is_taken_without_a_look()
    {
        var (columns, questions) = Told("a:serial,b:serial", new DatasetRecipe { Text = new OneOrMany<string>("b", "a"), Label = "a" });

        columns.ShouldSatisfyAllConditions(
            () => columns.Text.ShouldBe(["b", "a"]), () => columns.TextReason.ShouldBe("named in the recipe"), () => columns.Label.ShouldBe("a"), () => columns.LabelReason.ShouldBe("named in the recipe"));
        questions.ShouldBeEmpty();
        // Also where the label is still looked for.
        Told("text:words,opinion:words,kind:a|b|c", new DatasetRecipe { Text = new OneOrMany<string>("opinion") }).Columns.Text.ShouldBe(["opinion"]);
    }

    private static (RecognisedColumns Columns, ImmutableArray<Finding> Questions) Told(string table, DatasetRecipe? recipe = null, int rows = 120)
    {
        (string Name, string Kind)[] columns = [.. table.Split(',').Select(column => (column.Split(':')[0], column.Split(':')[1]))];
        var csv = new StringBuilder().AppendJoin(',', columns.Select(column => column.Name)).Append('\n');
        for (int row = 0; row < rows; row++)
        {
            csv.AppendJoin(',', columns.Select(column => Value(column.Kind, row))).Append('\n');
        }

        return ToldOfFile(csv.ToString(), recipe ?? new DatasetRecipe());
    }

    private static (RecognisedColumns Columns, ImmutableArray<Finding> Questions) ToldOfFile(string csv, DatasetRecipe recipe)
    {
        using TableReader table = TableReader.Open("t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), recipe.Csv);
        return ColumnRecognition.Recognise(table, recipe, () =>
        {
            var survey = new ColumnSurvey(table.Columns.Length);
            survey.Add(table.FirstBatch);
            return survey.Result();
        });
    }

    /// <summary>Four, eight or two words that are different in each row, a number or a code of three letters that is; nothing; or the listed
    /// values in turn.</summary>
    private static string Value(string kind, int row) => kind switch
    {
        "words" => $"some words about {row + 1000}",
        "more words" => $"some more words about the matter of {row + 1000}",
        "fewer words" => $"no {row + 1000}",
        "serial" => ((row * 7) + 1000).ToString(CultureInfo.InvariantCulture),
        "code" => $"{(char)('a' + (row / 26))}{(char)('a' + (row % 26))}x",
        "none" => "",
        _ => kind.Split('|') is var values ? values[row % values.Length] : "",
    };
}
