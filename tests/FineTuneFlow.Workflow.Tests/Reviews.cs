using System.Text;

namespace FineTuneFlow.Workflow.Tests;

/// <summary>Small made-up reviews with stars that a linear model can learn.</summary>
internal static class Reviews
{
    private static readonly string[][] Words =
    [
        ["terrible", "awful", "broken", "worst", "refund"],
        ["bad", "slow", "buggy", "poor", "annoying"],
        ["okay", "average", "fine", "mixed", "middling"],
        ["good", "nice", "useful", "solid", "handy"],
        ["excellent", "perfect", "love", "amazing", "best"],
    ];

    private static readonly string[] Things = ["app", "update", "login", "sync", "design", "price", "support", "widget"];

    public static string Csv(int rows, int seed = 1)
    {
        var random = new Random(seed);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            int star = random.Next(5);
            string[] words = Words[star];
            csv.Append(
                $"\"the {Things[random.Next(Things.Length)]} is {words[random.Next(words.Length)]}, {words[random.Next(words.Length)]} {Things[random.Next(Things.Length)]} {i}\",{star + 1}\n");
        }

        return csv.ToString();
    }
}
