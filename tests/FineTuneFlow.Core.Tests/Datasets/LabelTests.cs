using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Equal labels are one class however they are spelled, missing ones are none, and several in a cell are a question.</summary>
public sealed class LabelTests
{
    private static readonly string[][] Words =
    [
        ["positive", "Positive", "POSITIVE", " positive", "positive ", "ｐｏｓｉｔｉｖｅ", "posi\u200btive", "[\"positive\"]", "['Positive']"],
        ["very negative", "Very  Negative", "VERY NEGATIVE", "very\u00a0negative", "very\tnegative"],
        ["café", "cafe\u0301", "CAFÉ", "CAFE\u0301"],
        ["straße", "STRASSE", "Strasse", "STRAẞE"],
        ["❤", "❤\ufe0f", " ❤\ufe0f"],
        ["1", "1.0", "1e0", "01", "+1", "1.00", "[1]"],
        ["-1", "-1.0", "-1.00"],
        ["0.5", ".5", "0.50", "5e-1"],
        ["True", "TRUE", "true", " true"],
        ["ΟΔΟΣ", "οδος", "οδοσ"],
        ["한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"],
    ];

    [Fact]
    public void Any_spellings_of_k_labels_give_k_classes() => Prop.ForAll(
        Arb.From(
            from chosen in Gen.SubListOf(Words).Where(list => list.Count >= 2)
            from picks in Gen.ArrayOf(Gen.Choose(0, 1_000_000), 240)
            select (Labels: chosen.ToArray(), Picks: picks)),
        table =>
        {
            var rows = table.Picks.Select((pick, i) =>
            {
                string[] spellings = table.Labels[i % table.Labels.Length];
                return ($"a text with the number {i}", spellings[pick % spellings.Length]);
            });

            DatasetProfile profile = Check(Texts.Csv(rows));

            profile.Labels.Names.Length.ShouldBe(table.Labels.Length);
            profile.Rows.Rejected.ShouldBe(0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void The_most_frequent_spelling_is_the_class_and_the_others_are_counted()
    {
        string[] labels = ["Good", "Good", "good", "GOOD", "bad", "bad", "bad", "Bad"];
        byte[] csv = Rows(200, i => labels[i % labels.Length]);

        DatasetProfile profile = Check(csv);

        profile.Labels.Names.ShouldBe(["Good", "bad"]);
        Finding merged = profile.Findings.Single(finding => finding.Code == "merged-labels");
        merged.Count.ShouldBe(75);
        merged.Remedy.ShouldContain("dataset.labels.merge");
        Check(csv, new LabelsRecipe { Merge = false }).Labels.Names.Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("NULL")]
    [InlineData("None")]
    [InlineData("N/A")]
    [InlineData("\\N")]
    [InlineData("")]
    [InlineData("[]")]
    public void What_stands_for_a_missing_label_is_rejected_and_counted(string missing)
    {
        DatasetProfile profile = Check(Rows(200, i => i % 4 == 0 ? missing : i % 2 == 0 ? "yes" : "no"));

        profile.Labels.Names.ShouldBe(["no", "yes"]);
        profile.Rows.Rejected.ShouldBe(50);
        profile.Findings.ShouldContain(finding => finding.Code == "missing-labels" && finding.Count == 50);
    }

    [Fact]
    public void A_class_of_that_name_is_kept_where_the_recipe_says_so()
    {
        byte[] csv = Rows(200, i => i % 2 == 0 ? "None" : "Some");

        Check(csv, new LabelsRecipe { Missing = [] }).Labels.Names.ShouldBe(["None", "Some"]);
        Check(csv, new LabelsRecipe { Order = ["None", "Some"] }).Labels.Names.ShouldBe(["None", "Some"]);
        Check(Rows(200, i => i % 2 == 0 ? "none" : "some")).Labels.Names.ShouldBe(["none", "some"]);
    }

    [Theory]
    [InlineData("[\"food\", \"service\"]")]
    [InlineData("['food', 'price']")]
    [InlineData("food;service")]
    [InlineData("food|price")]
    [InlineData("food, service")]
    public void Several_labels_in_a_cell_are_refused_until_the_recipe_says_what_to_do(string several)
    {
        byte[] csv = Rows(240, i => (i % 4) switch { 0 => several, 1 => "food", 2 => "service", _ => "price" });

        Finding question = Check(csv).Findings.Single(finding => finding.Code == "several-labels");
        question.Count.ShouldBe(60);
        PreparedFolder.FailureOf(csv).Field.ShouldBe("dataset.labels.several");
        Check(csv, new LabelsRecipe { Several = SeveralLabels.First }).Labels.Names.ShouldBe(["food", "price", "service"]);
        Check(csv, new LabelsRecipe { Several = SeveralLabels.Reject }).Rows.Rejected.ShouldBe(60);
        Check(csv, new LabelsRecipe { Several = SeveralLabels.Combine }).Labels.Names.Length.ShouldBe(4);
    }

    [Fact]
    public void A_class_whose_name_holds_a_comma_is_one_label() =>
        Check(Rows(200, i => i % 2 == 0 ? "Books, Movies and Music" : "Toys; Games")).Findings.ShouldNotContain(finding => finding.Code == "several-labels");

    [Theory]
    [InlineData("rating", "0,1,2,3,4", true)]
    [InlineData("stars", "1,2", true)]
    [InlineData("user_score", "0,50,100", true)]
    [InlineData("topic", "0,1,2,3,4", false)]
    [InlineData("topic", "1,2,3,4,5", false)]
    [InlineData("label", "0,1,2,3,4", false)]
    [InlineData("label", "0,1", false)]
    [InlineData("label", "1,2,3,4,5", true)]
    [InlineData("label", "-1,0,1", true)]
    [InlineData("label", "0.5,1,1.5", true)]
    [InlineData("label", "1 star,2 stars,5 stars", true)]
    [InlineData("category", "10,20,30,40", false)]
    [InlineData("label", "negative,neutral,positive", true)]
    public void Numbers_are_an_order_only_where_the_name_or_the_values_say_so(string column, string labels, bool ordered)
    {
        string[] names = labels.Split(',');
        byte[] csv = Rows(300, i => names[i % names.Length], column);

        Check(csv).Labels.Ordered.ShouldBe(ordered);
        Check(csv, new LabelsRecipe { Ordered = false }).Labels.Ordered.ShouldBeFalse();
        Check(csv, new LabelsRecipe { Ordered = true }).Labels.Names.ShouldBe(names);
    }

    [Fact]
    public void Order_good_labels_and_map_meet_the_labels_however_they_are_spelled()
    {
        byte[] csv = Rows(200, i => $"{(i % 5) + 1}.0", "rating");

        DatasetProfile good = Check(csv, new LabelsRecipe { Good = ["4", "5"] });
        good.Labels.Good.ShouldBe(["4.0", "5.0"]);
        DatasetProfile order = Check(csv, new LabelsRecipe { Order = ["1", "2", "3", "4", "5"] });
        (order.Rows.Rejected, order.Labels.Names.Length).ShouldBe((0, 5));
        Check(csv, new LabelsRecipe { Map = LabelsRecipe("1", "2") }).Labels.Names.ShouldBe(["2", "3.0", "4.0", "5.0"]);

        static System.Collections.Immutable.ImmutableSortedDictionary<string, string> LabelsRecipe(string from, string to) =>
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(from, to);
    }

    [Fact]
    public void A_class_of_one_row_is_shown_with_the_whole_profile_and_stops_a_preparation()
    {
        byte[] csv = Rows(201, i => i == 200 ? "odd" : i % 2 == 0 ? "yes" : "no");

        DatasetProfile profile = Check(csv);

        profile.Labels.Names.ShouldBe(["no", "yes"]);
        Finding rare = profile.Findings.Single(finding => finding.Code == "rare-classes");
        (rare.Grade, rare.AnsweredBy).ShouldBe((FindingGrade.Necessary, "dataset.rareClasses.action"));
        Failure failure = PreparedFolder.FailureOf(csv);
        failure.Message.ShouldContain("\"odd\" (1)");
        failure.Field.ShouldBe("dataset.rareClasses.action");
    }

    private static byte[] Rows(int count, Func<int, string> label, string column = "label") => Encoding.UTF8.GetBytes(
        $"text,{column}\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"a text with the number {i},\"{label(i).Replace("\"", "\"\"")}\"\n")));

    private static DatasetProfile Check(byte[] csv, LabelsRecipe? labels = null) => DatasetCheck.Check(
        "reviews.csv", () => new MemoryStream(csv), new DatasetRecipe { Labels = labels ?? new LabelsRecipe() }, cancellation: TestContext.Current.CancellationToken).Profile;
}
