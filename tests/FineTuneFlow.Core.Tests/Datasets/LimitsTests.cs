using System.IO.Compression;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What a file may take, what a model may take, and what a spreadsheet may run.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void A_small_packed_file_of_very_many_rows_is_refused_by_the_limit_it_meets()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("text,label\n"u8);
            byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", 50_000)));
            for (int i = 0; i < 40; i++)
            {
                gzip.Write(rows);
            }
        }

        Failure Refused(LimitsRecipe limits) => Should.Throw<FlowException>(() => DatasetCheck.Check(
            "bomb.csv.gz", () => new MemoryStream(packed.ToArray()), new DatasetRecipe { Limits = limits }, cancellation: TestContext.Current.CancellationToken)).Failure;

        Failure rowLimit = Refused(new LimitsRecipe { Rows = 200_000 });
        (rowLimit.Field, rowLimit.Message).ShouldBe(("dataset.limits.rows", "the file has more than 200,000 rows"));
        Refused(new LimitsRecipe { UnpackedMegabytes = 2 }).Field.ShouldBe("dataset.limits.unpackedMegabytes");

        Failure byHost = Refused(new LimitsRecipe { Rows = 100_000_000 }.Within(new LimitsRecipe { Rows = 300_000 }));
        byHost.Field.ShouldBe("Limits__Rows");
        byHost.Message.ShouldBe("the file has more than 300,000 rows, the most that this host allows (Limits__Rows)");
        Refused(new LimitsRecipe { Rows = 200_000 }.Within(new LimitsRecipe { Rows = 300_000 })).Field.ShouldBe("dataset.limits.rows", "a recipe may ask for less");
    }

    [Fact]
    public void Time_is_a_limit_too()
    {
        var clock = new FakeTimeProvider();
        var limits = new ReadingLimits(new LimitsRecipe { Seconds = 5 }, "t.csv", clock);
        using var source = new SourceReader("t.csv", () => new MemoryStream("text,label\na,b\n"u8.ToArray()), new CsvRecipe());

        limits.Check(1, source);
        clock.Advance(TimeSpan.FromSeconds(6));

        Should.Throw<FlowException>(() => limits.Check(1, source)).Failure.Field.ShouldBe("dataset.limits.seconds");
    }

    [Fact]
    public void Texts_longer_than_a_models_window_are_told_with_their_lines_in_the_quote()
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"number {i} {(i is 7 or 9 ? new string('漢', 18_000) : "short")},{(i % 2 == 0 ? "good" : "bad")}\n"));
        DatasetProfile profile = DatasetCheck.Check(
            "t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;

        profile.LongTexts.Take(2).Select(text => text.Line).ShouldBe([9L, 11L]);
        Quote quote = Quote.Make(new QuoteInput
        {
            Train = new SplitSize(40, Estimate.Zero),
            Holdout = new SplitSize(10, Estimate.Zero),
            LongTexts = profile.LongTexts,
            Candidates = [Candidate("babbage-002"), Candidate("gpt-4.1-mini")],
            Budget = new BudgetRecipe(),
        });

        quote.Candidates[0].Notes.ShouldContain(note => note.Contains("2 texts are longer than the 16,384 tokens that babbage-002 takes (lines 9, 11)"));
        quote.Candidates[1].Notes.ShouldNotContain(note => note.Contains("longer than"));

        static QuotedCandidate Candidate(string model) => new() { Name = model, Work = QuotedWork.TrainAndAsk, Model = model, Form = new TrainingForm(TrainingForm.FamilyOf(model)), Epochs = 1 };
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+49 171")]
    [InlineData("-5")]
    [InlineData("@SUM(A1)")]
    [InlineData("'=quoted")]
    [InlineData("\tx")]
    [InlineData("plain")]
    [InlineData("'plain'")]
    public void A_guarded_cell_reads_back_as_it_was(string cell)
    {
        string guarded = SpreadsheetGuard.Guard(cell);

        SpreadsheetGuard.Undo(guarded).ShouldBe(cell);
        Encoding.UTF8.GetString(SpreadsheetGuard.Undo(Encoding.UTF8.GetBytes(guarded))).ShouldBe(cell);
        (guarded[0] is '=' or '+' or '-' or '@' or '\t').ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, "'=HYPERLINK(\"\"http://x\"\")")]
    [InlineData(false, "=HYPERLINK(\"\"http://x\"\")")]
    public void Details_of_rejects_that_a_spreadsheet_would_run_are_guarded_unless_asked_for_raw(bool guard, string written)
    {
        string folder = Directory.CreateTempSubdirectory("ftf-rejects-").FullName;
        try
        {
            using (var file = new StreamWriter(Path.Combine(folder, "x")))
            {
                RejectsFile.WriteLine(file, 7, RowOutcome.UnknownLabel, "=HYPERLINK(\"http://x\")", guard);
            }

            File.ReadAllText(Path.Combine(folder, "x")).ShouldBe($"7,unknown-label,\"{written}\"\n");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Suspects_are_guarded_and_dropping_them_gives_the_same_rows()
    {
        LabelSuspect[] suspects = [.. Enumerable.Range(0, 40).Select(i => new LabelSuspect($"{i:x16}", $"=HYPERLINK(\"x\") {i}", i % 2 == 0 ? "-1" : "1", "1", 0.9, 2))];
        var settings = new DatasetRecipe { Text = new OneOrMany<string>("text"), Label = "label" };

        string csv = SuspectsCsv.Write(suspects, settings);
        csv.ShouldContain("\"'=HYPERLINK(");
        SuspectsCsv.Write(suspects, settings with { Csv = new CsvRecipe { Guard = false } }).ShouldNotContain("'=");
        using var folder = PreparedFolder.From(csv, settings);
        folder.AllRows().ShouldAllBe(row => row.Text.StartsWith("=HYPERLINK"));
        folder.Manifest.Labels.Names.ShouldBe(["-1", "1"]);
        SuspectsCsv.Corrections("s.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), settings)!.Values.Distinct().Order().ShouldBe(["-1", "1"]);
    }
}
