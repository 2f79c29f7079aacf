using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class TrainingSuspectsTests
{
    private static readonly string[][] Words = [["terrible", "awful", "broken"], ["slow", "buggy", "poor"], ["perfect", "love", "amazing"]];
    private static readonly LabelSet Topics = new(["anger", "defect", "praise"], false, []);

    [Fact]
    public void Labels_that_were_planted_wrong_among_training_rows_are_found_and_hardly_any_other()
    {
        var random = new Random(3);
        string[] truth = [.. Enumerable.Range(0, 900).Select(i => Topics.Names[i % 3])];
        HashSet<int> planted = [.. Enumerable.Range(0, 900).Where(i => i % 30 == 7)];
        DatasetRow[] rows =
        [
            .. truth.Select((label, i) => new DatasetRow(
                $"{i:x16}", $"the {Words[i % 3][random.Next(3)]} {Words[i % 3][random.Next(3)]} app {random.Next(50)}", planted.Contains(i) ? Topics.Names[(i + 1) % 3] : label)),
        ];

        var suspects = TrainingSuspects.Find(rows, Topics, 500, TestContext.Current.CancellationToken);

        int[] found = [.. suspects.Select(suspect => Array.FindIndex(rows, row => row.Id == suspect.Id))];
        found.Intersect(planted).Count().ShouldBeGreaterThan(planted.Count * 8 / 10);
        found.Except(planted).Count().ShouldBeLessThan(5);
        suspects.Where(suspect => planted.Contains(Array.FindIndex(rows, row => row.Id == suspect.Id)))
            .ShouldAllBe(suspect => suspect.Suggested == truth[Array.FindIndex(rows, row => row.Id == suspect.Id)]);
        suspects.Select(suspect => suspect.Confidence!.Value).ShouldBeInOrder(SortDirection.Descending);
        TrainingSuspects.Find(rows, Topics, 3, TestContext.Current.CancellationToken).Length.ShouldBe(3);
        TrainingSuspects.Find(rows[..200], Topics, 500, TestContext.Current.CancellationToken).ShouldBeEmpty();
    }

    [Fact]
    public void Rows_that_train_come_first_and_the_file_is_recognised_when_it_is_dropped()
    {
        var suspect = new LabelSuspect("00aa", "a text", "anger", "praise", 0.9, 1);
        string csv = SuspectsCsv.Write([suspect], [suspect with { Id = "00bb", Agreeing = 3 }], new DatasetRecipe { Text = new OneOrMany<string>("text"), Label = "label" });

        csv.ReplaceLineEndings("\n").ShouldBe("text,label,suggested,confidence,agreeing,split,id\n\"a text\",anger,praise,0.9000,1,train,00aa\n\"a text\",anger,praise,0.9000,3,test,00bb\n");
        SuspectsCsv.Corrections("suspects.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe())!
            .ShouldBe(new Dictionary<string, string> { ["00aa"] = "anger", ["00bb"] = "anger" }, ignoreOrder: true);
    }
}
