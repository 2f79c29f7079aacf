using System.Globalization;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What a check says of every file of the internal test data, as a stored table: whoever changes how files are read sees
/// which files mean something else now.</summary>
public sealed class CheckedFilesTests
{
    private const string Table = "checked-files.tsv";

    [Fact]
    public void Columns_classes_and_findings_of_all_files_are_those_of_the_table()
    {
        string? shared = Shared();
        Assert.SkipWhen(shared is null, "the internal test data is not on this machine: set FINETUNEFLOW_DATA");
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(shared!, "data")).Concat(Directory.EnumerateFiles(Path.Combine(shared!, "cases")))
            .Where(file => Path.GetExtension(file) is ".csv" or ".jsonl" or ".json" && !Path.GetFileName(file).StartsWith("eval-", StringComparison.Ordinal) && !file.Contains(".recipe."))
            .Order(StringComparer.Ordinal)];

        string table = "file\ttext\tlabel\torder\tclasses\tfindings\n" + string.Concat(files.Select(file => Line(file) + "\n"));

        if (Environment.GetEnvironmentVariable("FINETUNEFLOW_WRITE_TABLE") == "1")
        {
            File.WriteAllText(Path.Combine(Source(), Table), table);
        }

        table.ShouldBe(File.ReadAllText(Path.Combine(Source(), Table)), "FINETUNEFLOW_WRITE_TABLE=1 writes it anew");
    }

    private static string Line(string file)
    {
        string name = Path.GetFileName(file);
        try
        {
            DatasetProfile profile = DatasetCheck.Check(name, () => File.OpenRead(file), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;
            string findings = string.Join(", ", profile.Findings.Select(finding => (finding.AnsweredBy is null ? "" : "asks: ") + finding.Code));
            return string.Create(CultureInfo.InvariantCulture, $"{name}\t{string.Join('+', profile.Columns.Text)}\t{profile.Columns.Label}\t{(profile.Labels.Ordered ? "ordered" : "none")}\t{profile.Labels.Names.Length}\t{findings}");
        }
        catch (FlowException refused)
        {
            return $"{name}\t\t\t\t\trefused: {refused.Failure.Message}";
        }
    }

    private static string? Shared()
    {
        string? data = Environment.GetEnvironmentVariable("FINETUNEFLOW_DATA");
        string? found = data is not null ? Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(data)) : null;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); found is null && at is not null; at = at.Parent)
        {
            found = Directory.Exists(Path.Combine(at.FullName, "shared", "cases")) ? Path.Combine(at.FullName, "shared") : null;
        }

        return found is not null && Directory.Exists(Path.Combine(found, "cases")) && Directory.Exists(Path.Combine(found, "data")) ? found : null;
    }

    /// <summary>The folder of this file's source, where the table is kept.</summary>
    private static string Source()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return Path.Combine(root, "tests", "FineTuneFlow.Core.Tests", "Datasets");
    }
}
