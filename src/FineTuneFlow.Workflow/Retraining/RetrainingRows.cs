using System.Security.Cryptography;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>All rows of a project as one file of texts and labels: every drop read by the champion's recipe, and the feedback. Where a
/// person has looked at a text, by feedback or in a corrected <c>suspects.csv</c>, that label counts: by the recipe's conflict policy
/// one vote against the drop's own would change nothing.</summary>
internal sealed class RetrainingRows(IBlobStore store)
{
    /// <param name="project">Whose rows.</param>
    /// <param name="recipe">How its drops are read.</param>
    /// <param name="drops">Of several corrections of a row the one dropped last counts.</param>
    /// <param name="feedback">Of several about a text the last one counts.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Where the rows are; the name follows from their content.</returns>
    public async Task<BlobPath> MergeAsync(
        string project, Recipe recipe, IReadOnlyList<BlobEntry> drops, IReadOnlyList<Feedback> feedback, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("ftf-retrain-").FullName;
        try
        {
            Dictionary<string, string> told = feedback.OrderBy(one => one.At).ThenBy(one => one.Label, StringComparer.Ordinal)
                .GroupBy(one => one.Text, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Label, StringComparer.Ordinal);
            var corrected = new Dictionary<string, string>(StringComparer.Ordinal);
            var data = new List<(BlobEntry Drop, string File)>();
            foreach (BlobEntry drop in drops.OrderBy(drop => drop.ModifiedAt).ThenBy(drop => drop.Path.ToString(), StringComparer.Ordinal))
            {
                string file = await CopyAsync(drop, Path.Combine(folder, $"drop-{data.Count}"), cancellation);
                if (SuspectsCsv.Corrections(drop.Path.ToString(), () => File.OpenRead(file), recipe.Dataset) is not { } found)
                {
                    data.Add((drop, file));
                    continue;
                }

                foreach ((string id, string label) in found)
                {
                    corrected[id] = label;
                }
            }

            string merged = Path.Combine(folder, "rows.jsonl");
            await using (FileStream rows = File.Create(merged))
            {
                foreach ((BlobEntry drop, string file) in data.OrderBy(entry => entry.Drop.Path.ToString(), StringComparer.Ordinal))
                {
                    Append(rows, recipe, drop, file, Path.Combine(folder, "prepared"), row => told.ContainsKey(row.Text) ? null : corrected.GetValueOrDefault(row.Id, row.Label), cancellation);
                }

                foreach ((string text, string label) in told.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    Write(rows, text, label);
                }
            }

            await using FileStream content = File.OpenRead(merged);
            string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
            content.Position = 0;
            BlobPath path = BlobPath.Of(RunPaths.Models, $"{project}/retrain/{sha256[..16]}.jsonl");
            await store.WriteAsync(path, content, cancellation: cancellation);
            return path;
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

    private static void Append(
        Stream rows, Recipe recipe, BlobEntry drop, string source, string prepared, Func<DatasetRow, string?> label, CancellationToken cancellation)
    {
        DatasetPreparation.Prepare(
            new PreparationRequest { SourceName = drop.Path.ToString(), Open = () => File.OpenRead(source), Recipe = recipe.Dataset, OutputDirectory = prepared },
            cancellation);
        foreach (Split split in Enum.GetValues<Split>())
        {
            using FileStream file = File.OpenRead(Path.Combine(prepared, DatasetFiles.Of(split)));
            foreach (DatasetRow row in DatasetFiles.ReadRows(file))
            {
                if (label(row) is { } counts)
                {
                    Write(rows, row.Text, counts);
                }
            }
        }

        Directory.Delete(prepared, recursive: true);
    }

    private static void Write(Stream rows, string text, string label)
    {
        JsonSerializer.Serialize(rows, new MergedRow(text, label), FlowJson.Compact);
        rows.WriteByte((byte)'\n');
    }

    private sealed record MergedRow(string Text, string Label);
}
