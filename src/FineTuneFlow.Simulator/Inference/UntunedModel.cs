using System.Collections.Concurrent;
using System.Globalization;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>Base models that nobody has trained: they take the labels from the prompt and guess from the feeling of the text, from
/// words that text and label share, and from the examples in the messages. Without labels in the prompt the answer is of no use.</summary>
internal sealed class UntunedModel
{
    private const int MaximumHeld = 200;
    private static readonly (AnswerSet Set, double[] Probabilities) Useless = (
        new AnswerSet(["I'm not sure what you would like me to do with this text.", "Thank you for sharing!", "Could you tell me more?"]),
        [0.6, 0.25, 0.15]);

    private readonly ConcurrentDictionary<string, AnswerSet> _sets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LinearClassifier> _learnedFromShots = new(StringComparer.Ordinal);

    public (AnswerSet Set, double[] Probabilities) Answer(BaseModel model, IReadOnlyList<ChatMessage> messages)
    {
        PromptReading prompt = PromptReading.Of(messages);
        if (prompt.Labels.Count < 2)
        {
            return Useless;
        }

        double[] scores = new double[prompt.Labels.Count];
        AddFeeling(scores, prompt, model.Skill);
        AddSharedWords(scores, prompt, model.Skill);
        AddShots(scores, prompt, model.Skill);
        double highest = scores.Max();
        double sum = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            scores[k] = StableMath.Exp(scores[k] - highest);
            sum += scores[k];
        }

        for (int k = 0; k < scores.Length; k++)
        {
            scores[k] /= sum;
        }

        string key = string.Join('\n', prompt.Labels);
        if (_sets.Count > MaximumHeld)
        {
            _sets.Clear();
        }

        return (_sets.GetOrAdd(key, _ => new AnswerSet(prompt.Labels)), scores);
    }

    /// <summary>Where the labels are numbers or carry a feeling themselves, the one nearest to the text's feeling wins.</summary>
    private static void AddFeeling(double[] scores, PromptReading prompt, double skill)
    {
        double[] places = [.. prompt.Labels.Select(label =>
            double.TryParse(label, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        if (places.Any(double.IsNaN))
        {
            places = [.. prompt.Labels.Select(label => Math.Sign(SentimentLexicon.Feeling(label)))];
        }

        double low = places.Min();
        double high = places.Max();
        if (high - low == 0)
        {
            return;
        }

        double feeling = SentimentLexicon.Feeling(prompt.Text);
        for (int k = 0; k < scores.Length; k++)
        {
            double place = ((places[k] - low) / (high - low) * 2) - 1;
            scores[k] -= 4 * skill * Math.Abs(place - feeling);
        }
    }

    private static void AddSharedWords(double[] scores, PromptReading prompt, double skill)
    {
        HashSet<string> words = [.. SentimentLexicon.Words(prompt.Text).Where(word => word.Length > 2).Select(Stem)];
        for (int k = 0; k < scores.Length; k++)
        {
            scores[k] += 3 * skill * SentimentLexicon.Words(prompt.Labels[k]).Count(word => word.Length > 2 && words.Contains(Stem(word)));
        }
    }

    private void AddShots(double[] scores, PromptReading prompt, double skill)
    {
        if (prompt.Shots.Select(shot => shot.Label).Distinct(StringComparer.Ordinal).Count() < 2)
        {
            return;
        }

        string key = RowHash.Of(string.Join('\n', prompt.Shots.Select(shot => shot.Text + '\t' + shot.Label)));
        if (_learnedFromShots.Count > MaximumHeld)
        {
            _learnedFromShots.Clear();
        }

        LinearClassifier learned = _learnedFromShots.GetOrAdd(key, _ => LinearClassifier.Train(prompt.Shots, new LinearTrainingOptions
        {
            Epochs = 10,
            BatchSize = 1,
            Features = new TextFeatureOptions { HashBits = 14, InverseDocumentFrequency = false },
        }));
        double[] probabilities = learned.Probabilities(prompt.Text);
        // A handful of examples says less than the feeling of the words; a few dozen say more.
        double trust = skill * prompt.Shots.Count / (prompt.Shots.Count + 25.0);
        for (int k = 0; k < scores.Length; k++)
        {
            int place = learned.Labels.IndexOf(prompt.Labels[k]);
            scores[k] += trust * StableMath.Log(place < 0 ? 0.01 : Math.Max(0.01, probabilities[place]));
        }
    }

    private static string Stem(string word) => word[..Math.Min(word.Length, 5)];
}
