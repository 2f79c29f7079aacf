using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class OutputTests
{
    [Fact]
    public void Upload_forms_hold_the_rows_of_their_split_in_the_models_form()
    {
        using var folder = PreparedFolder.FromFixture("byte-order-mark.csv");
        List<DatasetRow> train = folder.Rows(Split.Train);
        var chat = new TrainingForm(ModelFamily.Chat, "You rate reviews.");

        folder.Lines($"train.{chat.Key}.jsonl").Select(Messages).ShouldBe(
            train.Select(row => $"system: You rate reviews. / user: {row.Text} / assistant: {row.Label}"));
        folder.Lines("train.completion.jsonl").Select(line => JsonDocument.Parse(line).RootElement).Select(json => (json.GetProperty("prompt").GetString(), json.GetProperty("completion").GetString()))
            .ShouldBe(train.Select(row => ((string?)(row.Text + "\n\n###\n\n"), (string?)(" " + row.Label))));
        folder.Lines("validation.completion.jsonl").Length.ShouldBe(folder.Rows(Split.Validation).Count);
        Directory.EnumerateFiles(folder.Path, "test.*").Select(Path.GetFileName).ShouldBe(["test.jsonl"]);
    }

    [Fact]
    public void The_manifest_tells_every_file_with_its_hash_and_the_settings_in_force()
    {
        using var folder = PreparedFolder.FromFixture("byte-order-mark.csv");
        Dictionary<string, string> hashes = folder.Hashes();

        foreach (ManifestFile file in folder.Manifest.Files)
        {
            file.Sha256.ShouldBe(hashes[file.Name].ToLowerInvariant());
            file.Bytes.ShouldBe(new FileInfo(Path.Combine(folder.Path, file.Name)).Length);
            file.Rows.ShouldBe(folder.Lines(file.Name).Length);
        }

        Manifest read = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder.Path, DatasetFiles.Manifest)), FlowJson.Indented)!;
        read.Rows.ShouldBe(folder.Manifest.Rows);
        read.Settings.Text.ShouldBe(["text"]);
        read.Settings.Label.ShouldBe("label");
        read.Settings.Csv.Delimiter.ShouldBe("comma");
        read.Source.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(PreparedFolder.Fixture("byte-order-mark.csv"))));
    }

    [Fact]
    public void Manifest_and_profile_are_written_as_the_products_json_is()
    {
        var recipe = new DatasetRecipe
        {
            Slices = ["label"],
            Filters = [new FilterRecipe { Column = "label", NotEqualTo = new OneOrMany<string>("7", "8 \"ü\"") }],
            Labels = new LabelsRecipe { Map = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("1", "one") },
            Cleaning = new CleaningRecipe { MaxTokens = 300 },
            Duplicates = new DuplicatesRecipe { Near = new NearDuplicatesRecipe() },
        };

        using var folder = PreparedFolder.FromFixture("duplicates-and-conflicts.csv", recipe);

        foreach ((string name, Type type) in new[] { (DatasetFiles.Manifest, typeof(Manifest)), (DatasetFiles.Profile, typeof(DatasetProfile)) })
        {
            string written = File.ReadAllText(Path.Combine(folder.Path, name));
            JsonSerializer.Serialize(JsonSerializer.Deserialize(written, type, FlowJson.Indented), type, FlowJson.Indented).ShouldBe(written);
        }
    }

    [Fact]
    public void Upload_files_beyond_the_services_size_are_cut_into_numbered_parts()
    {
        var rows = Enumerable.Range(0, 200).Select(i => (Text: $"text number {i}", Label: i % 2 == 0 ? "a" : "b"));

        using var folder = PreparedFolder.From(Texts.Csv(rows), change: request => request with { MaxUploadBytes = 2_000, Forms = [new TrainingForm(ModelFamily.Chat)] });

        List<ManifestFile> parts = [.. folder.Manifest.Files.Where(file => file is { Split: Split.Train, Form: "chat" })];
        parts.Count.ShouldBeGreaterThan(3);
        parts.Select(part => part.Name).ShouldBe(Enumerable.Range(1, parts.Count).Select(i => $"train.chat-{i:00000}.jsonl"));
        parts.ShouldAllBe(part => part.Bytes <= 2_000);
        parts.Sum(part => part.Rows).ShouldBe(120);
        File.Exists(Path.Combine(folder.Path, "train.chat.jsonl")).ShouldBeFalse();
    }

    [Fact]
    public void A_second_preparation_into_the_folder_leaves_nothing_of_the_first()
    {
        using var folder = PreparedFolder.FromFixture("byte-order-mark.csv");
        string foreign = Path.Combine(folder.Path, "notes.txt");
        File.WriteAllText(foreign, "mine");

        DatasetPreparation.Prepare(
            new PreparationRequest
            {
                SourceName = "r.csv", Open = () => new MemoryStream(PreparedFolder.Fixture("byte-order-mark.csv")), OutputDirectory = folder.Path,
            },
            TestContext.Current.CancellationToken);

        Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            ["manifest.json", "notes.txt", "profile.json", "rejects.csv", "test.jsonl", "train.jsonl", "validation.jsonl"]);
    }

    [Fact]
    public void A_file_that_no_preparation_wrote_is_never_overwritten()
    {
        string folder = Directory.CreateTempSubdirectory("ftf-datasets-").FullName;
        try
        {
            string mine = Path.Combine(folder, "train.jsonl");
            File.WriteAllText(mine, "mine");
            File.WriteAllText(Path.Combine(folder, DatasetFiles.Manifest), """{ "name": "of a web page" }""");
            var request = new PreparationRequest
            {
                SourceName = "r.csv", Open = () => new MemoryStream(PreparedFolder.Fixture("byte-order-mark.csv")), OutputDirectory = folder,
            };

            FlowException refused = Should.Throw<FlowException>(() => DatasetPreparation.Prepare(request, TestContext.Current.CancellationToken));

            refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
            refused.Message.ShouldContain("holds train.jsonl, which no preparation wrote");
            File.ReadAllText(mine).ShouldBe("mine");
            Directory.GetFiles(folder).Length.ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_an_interrupted_preparation_left_is_replaced()
    {
        using var folder = PreparedFolder.FromFixture("byte-order-mark.csv");
        Dictionary<string, string> whole = folder.Hashes();
        var request = new PreparationRequest
        {
            SourceName = "byte-order-mark.csv", Open = () => new MemoryStream(PreparedFolder.Fixture("byte-order-mark.csv")), OutputDirectory = folder.Path,
            Forms = PreparedFolder.BothForms,
        };
        // As a process leaves it that ends while it writes.
        File.Delete(Path.Combine(folder.Path, DatasetFiles.Manifest));
        File.WriteAllText(Path.Combine(folder.Path, ".manifest.tmp"), "");
        File.AppendAllText(Path.Combine(folder.Path, DatasetFiles.Test), "half a li");

        DatasetPreparation.Prepare(request, TestContext.Current.CancellationToken);

        folder.Hashes().ShouldBe(whole, ignoreOrder: true);
    }

    [Theory]
    [InlineData(ConflictPolicy.Majority, 2, 2, "1")]
    [InlineData(ConflictPolicy.First, 2, 2, "1")]
    [InlineData(ConflictPolicy.Drop, 1, 5, null)]
    [InlineData(ConflictPolicy.Keep, 2, 0, "both")]
    public void Conflicting_labels_follow_the_policy(ConflictPolicy policy, int duplicates, int conflicts, string? kept)
    {
        using var folder = PreparedFolder.FromFixture(
            "duplicates-and-conflicts.csv", new DatasetRecipe { Duplicates = new DuplicatesRecipe { Conflicts = policy } });

        folder.Manifest.Rows.Duplicates.ShouldBe(duplicates);
        folder.Manifest.Rows.Conflicts.ShouldBe(conflicts);
        var same = folder.AllRows().Where(row => string.Equals(row.Text, "same text", StringComparison.OrdinalIgnoreCase)).ToList();
        same.Select(row => row.Label).ShouldBe(kept switch { "both" => ["1", "2"], null => [], _ => [kept] }, ignoreOrder: true);
        if (kept == "both")
        {
            same.Select(row => row.Id[16..]).ShouldBe(["", "-2"], ignoreOrder: true);
            Enum.GetValues<Split>().Count(split => folder.Rows(split).Any(row => row.Id[..16] == same[0].Id[..16])).ShouldBe(1);
        }
    }

    private static string Messages(string line) => string.Join(
        " / ",
        JsonDocument.Parse(line).RootElement.GetProperty("messages").EnumerateArray().Select(message => $"{message.GetProperty("role")}: {message.GetProperty("content")}"));
}
