using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>All rows of a project as one file of texts and labels: every drop read by the project's recipe, and the feedback. Where a
/// person has looked at a text, by feedback or in a corrected <c>suspects.csv</c>, that label counts: by the recipe's conflict policy
/// one vote against the drop's own would change nothing. Rows that judge the project's versions keep the label of their drop.</summary>
internal sealed class RetrainingRows(IBlobStore store, IntakeOptions intake)
{
    /// <param name="project">Whose rows.</param>
    /// <param name="dataset">How its drops are read.</param>
    /// <param name="drops">Data and corrected suspects.</param>
    /// <param name="said">What people said of texts and rows.</param>
    /// <param name="seen">Texts, by id, that a version was trained on or judged by.</param>
    /// <returns>Where the rows are; the name follows from their content.</returns>
    public async Task<MergedRows> MergeAsync(
        string project, DatasetRecipe dataset, IReadOnlyList<BlobEntry> drops, SaidLabels said, IReadOnlySet<string> seen, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("ftf-retrain-").FullName;
        try
        {
            var leftOut = ImmutableArray.CreateBuilder<string>();
            var fresh = new HashSet<string>(StringComparer.Ordinal);
            string merged = Path.Combine(folder, "rows.jsonl");
            long rows = 0;
            DatasetRecipe within = intake.Within(dataset);
            await using (FileStream output = File.Create(merged))
            {
                foreach (BlobEntry drop in drops.OrderBy(entry => entry.Path.ToString(), StringComparer.Ordinal))
                {
                    string file = await CopyAsync(drop, Path.Combine(folder, "drop"), cancellation);
                    try
                    {
                        if (SuspectsCsv.Corrections(drop.Path.ToString(), () => File.OpenRead(file), dataset) is not null)
                        {
                            continue;
                        }

                        foreach (DatasetRow row in Read(within, drop.Path.ToString(), file, Path.Combine(folder, "prepared"), cancellation))
                        {
                            if (said.Of(row) is { } label)
                            {
                                Write(output, row.Text, label);
                                Count(row.Id);
                            }
                        }
                    }
                    catch (FlowException bad) when (bad.Failure.Kind == FailureKind.InvalidInput)
                    {
                        // One file that cannot be read must not cost the project its night.
                        leftOut.Add($"{drop.Path}: {bad.Failure}");
                    }
                }

                foreach ((string text, string label) in said.Texts())
                {
                    Write(output, text, label);
                    Count(TextId.Of(text));
                }
            }

            await using FileStream content = File.OpenRead(merged);
            string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
            content.Position = 0;
            BlobPath path = BlobPath.Of(RunPaths.Models, $"{project}/retrain/{sha256[..16]}.jsonl");
            await store.WriteAsync(path, content, cancellation: cancellation);
            return new MergedRows(path, rows, fresh.Count, [.. leftOut, .. said.LeftOut]);

            void Count(string id)
            {
                rows++;
                string text = Lineage.TextOf(id);
                if (!seen.Contains(text))
                {
                    fresh.Add(text);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> CopyAsync(BlobEntry drop, string file, CancellationToken cancellation)
    {
        await using BlobRead blob = await store.OpenExistingAsync(drop.Path, cancellation);
        await using FileStream copy = File.Create(file);
        await blob.Content.CopyToAsync(copy, cancellation);
        return file;
    }

    private static List<DatasetRow> Read(DatasetRecipe dataset, string name, string source, string prepared, CancellationToken cancellation)
    {
        // The splits are drawn anew over all rows: here only the cleaning and the labels matter, and a rare class must not stop a file.
        DatasetRecipe reading = dataset with { RareClasses = dataset.RareClasses with { Action = RareClassAction.Drop, MinimumRows = 3 } };
        try
        {
            DatasetPreparation.Prepare(
                new PreparationRequest { SourceName = name, Open = () => File.OpenRead(source), Recipe = reading, OutputDirectory = prepared }, cancellation);
            var rows = new List<DatasetRow>();
            foreach (Split split in Enum.GetValues<Split>())
            {
                using FileStream file = File.OpenRead(Path.Combine(prepared, DatasetFiles.Of(split)));
                rows.AddRange(DatasetFiles.ReadRows(file));
            }

            return rows;
        }
        finally
        {
            if (Directory.Exists(prepared))
            {
                Directory.Delete(prepared, recursive: true);
            }
        }
    }

    private static void Write(Stream rows, string text, string label)
    {
        JsonSerializer.Serialize(rows, new MergedRow(text, label), FlowJson.Compact);
        rows.WriteByte((byte)'\n');
    }

    private sealed record MergedRow(string Text, string Label);
}

/// <param name="Path">Where they are.</param>
/// <param name="NewRows">Texts that no version in the champion's line was trained on or judged by.</param>
/// <param name="LeftOut">What could not be used, with the reason.</param>
internal sealed record MergedRows(BlobPath Path, long Rows, int NewRows, ImmutableArray<string> LeftOut);
