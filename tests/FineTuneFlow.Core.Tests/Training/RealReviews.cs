using System.Globalization;
using CsvHelper;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

/// <summary>Reviews from the internal test data (never part of the project), each text once, in a fixed shuffled order.</summary>
internal static class RealReviews
{
    private static readonly string[] TextColumns = ["review_title", "review_body", "review"];

    public static List<LabelledText> ReadOrSkip(string file)
    {
        string? path = Find(file);
        Assert.SkipWhen(path is null, $"{file} is not on this machine: set FINETUNEFLOW_DATA");
        using var csv = new CsvReader(new StreamReader(path!), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        string[] texts = [.. TextColumns.Where(csv.HeaderRecord!.Contains)];
        string label = csv.HeaderRecord!.Contains("star") ? "star" : "stars";
        var rows = new Dictionary<string, LabelledText>();
        while (csv.Read())
        {
            string text = string.Join("\n\n", texts.Select(column => csv.GetField(column))).Trim();
            rows.TryAdd(text.ToLowerInvariant(), new LabelledText(text, csv.GetField(label)!));
        }

        int[] order = [.. Enumerable.Range(0, rows.Count)];
        new StableRandom(1).Shuffle(order);
        List<LabelledText> all = [.. rows.Values];
        return [.. order.Select(i => all[i])];
    }

    private static string? Find(string file)
    {
        if (Environment.GetEnvironmentVariable("FINETUNEFLOW_DATA") is { Length: > 0 } folder)
        {
            return File.Exists(Path.Combine(folder, file)) ? Path.Combine(folder, file) : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "data", file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
