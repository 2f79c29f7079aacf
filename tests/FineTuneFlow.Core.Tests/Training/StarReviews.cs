using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

/// <summary>Made-up star reviews whose words lean towards the label without giving it away.</summary>
internal static class StarReviews
{
    private static readonly string[][] Words =
    [
        ["terrible", "broken", "useless", "refund", "worst"],
        ["poor", "slow", "disappointing", "crashes", "worst"],
        ["okay", "average", "fine", "slow", "decent"],
        ["good", "nice", "decent", "useful", "works"],
        ["excellent", "love", "perfect", "best", "works"],
    ];

    private static readonly string[] Filler = ["the", "app", "phone", "it", "battery", "screen", "update", "is", "and", "after"];

    public static List<LabelledText> Make(int rows, long seed)
    {
        var random = new StableRandom(seed);
        var made = new List<LabelledText>(rows);
        for (int i = 0; i < rows; i++)
        {
            int star = random.Below(5);
            var words = new List<string>();
            for (int w = 0; w < 8; w++)
            {
                int leaning = Math.Clamp(star + random.Below(3) - 1, 0, 4);
                words.Add(random.Below(10) < 6 ? Filler[random.Below(Filler.Length)] : Words[leaning][random.Below(5)]);
            }

            made.Add(new LabelledText(string.Join(' ', words) + " " + i, $"{star + 1}"));
        }

        return made;
    }
}
