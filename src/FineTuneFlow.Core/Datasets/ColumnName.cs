using System.Text;

namespace FineTuneFlow.Core.Datasets;

/// <summary>What the name of a column says about its values. A name is looked at word by word: <c>airline_sentiment</c>,
/// <c>airlineSentiment</c> and <c>Airline Sentiment</c> are the same two words.</summary>
internal static class ColumnName
{
    private static readonly HashSet<string> Scale =
    [
        "star", "stars", "rating", "ratings", "score", "scores", "grade", "grades", "overall", "points", "stage", "severity", "priority",
        "urgency", "level", "likert", "nps", "satisfaction", "polarity", "quality", "rank", "bewertung", "note", "sterne",
    ];

    private static readonly HashSet<string> Classes =
    [
        "topic", "topics", "category", "categories", "class", "classes", "intent", "intents", "type", "kind", "cluster", "group", "id",
        "code", "department", "subject", "genre", "tag", "theme", "language", "author", "source",
    ];

    private static readonly HashSet<string> Usual =
    [
        "id", "text", "label", "title", "review", "body", "content", "comment", "message", "tweet", "sentence", "question", "utterance",
        "query", "description", "date", "user", "name", "language", "lang", "split", "prompt", "completion", "sentiment", "intent", "product",
        "target", "url", "time", "timestamp", "summary", "country", "version", "app", "answer", "output", "input",
    ];

    /// <summary>Whether tables of texts usually have a column of that name.</summary>
    public static bool IsKnown(string column) => Words(column) is { Count: > 0 and <= 4 } words && words.Any(word => Usual.Contains(word) || Scale.Contains(word) || Classes.Contains(word));

    public static bool SpeaksOfScale(string column) => Words(column).Any(Scale.Contains) && !SpeaksOfClasses(column);

    public static bool SpeaksOfClasses(string column) => Words(column).Any(Classes.Contains);

    /// <summary>The words of a name in lower case: parted by anything but letters and digits, and before capitals.</summary>
    public static List<string> Words(string column)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int i = 0; i < column.Length; i++)
        {
            char c = column[i];
            bool begins = char.IsUpper(c) && i > 0 && char.IsLower(column[i - 1]);
            if (!char.IsLetterOrDigit(c) || begins)
            {
                Take();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(char.ToLowerInvariant(c));
            }
        }

        Take();
        return words;

        void Take()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }
}
