namespace FineTuneFlow.Core.Costs;

/// <summary>Seconds and USD of an encoder before it is trained.</summary>
internal static class EncoderPricing
{
    /// <summary>DistilBERT below its classifier, embeddings left out: six layers of twelve times 768 squared.</summary>
    private const double DistilBert = 42.5e6;

    /// <summary>Word pieces of a review, as the speeds in the price book were measured with them.</summary>
    private const double PiecesOfExample = 65;

    /// <summary>A step forth and back is three times the work of a step forth.</summary>
    private const double TrainingToPrediction = 3;

    private const double BertBase = 85e6;

    private static readonly (string Part, double Parameters)[] Known =
    [
        ("minilm-l6", 10.6e6), ("arctic-embed-xs", 10.6e6), ("minilm-l12", 21.3e6), ("small", 21.3e6), ("distil", DistilBert), ("large", 302e6), ("base", BertBase),
        ("tiny", 0.4e6), ("mini", 3.2e6),
    ];

    public static CandidateQuote Price(QuotedCandidate candidate, QuoteInput input, PriceBook book)
    {
        MachinePrice? machine = book.Machine(candidate.Machine);
        double speed = candidate.MeasuredRate?.ParametersPerSecond ?? ((machine?.ExamplesPerSecond ?? 0) * PiecesOfExample * DistilBert);
        if (machine is null || speed <= 0)
        {
            return new CandidateQuote
            {
                Name = candidate.Name, Model = candidate.Model, Unpriced = true, Notes = [$"no price is listed for the machine \"{candidate.Machine}\": add it to a price file"],
            };
        }

        double parameters = candidate.LayerParameters ?? ParametersOf(candidate.Model);
        double Work(SplitSize split) => Math.Min(split.TextTokens.Likely, (double)split.Rows * candidate.MaxLength) * parameters;
        double likely = ((Work(input.Train) * (candidate.Epochs ?? 1)) + (Work(input.Holdout) / TrainingToPrediction)) / speed;
        // The model's export and the trainer's start besides; the first time its build and, from the hub, the model's download.
        var seconds = new Estimate(10 + (likely * 0.6), 30 + likely, 300 + (likely * (candidate.MeasuredRate is null ? 3 : 1.6)));
        string how = candidate.MeasuredRate is { } measured ? $"as measured on {measured.At:yyyy-MM-dd}" : "by the price book's speed, until it is measured";
        return new CandidateQuote
        {
            Name = candidate.Name,
            Model = candidate.Model,
            HostingUsd = seconds * (machine.UsdPerHour / 3600),
            Notes =
            [
                $"about {Duration(seconds.Likely)} ({Duration(seconds.Low)} to {Duration(seconds.High)}) on {machine.Name}, {how}",
                .. candidate.Caution is { } caution ? [caution] : Array.Empty<string>(),
                .. candidate.Machine == "local" ? ["the first encoder on this machine builds the trainer, which downloads about 310 MB: libtorch and the weights of two models"] : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>Below the classifier, embeddings left out; of a name that tells nothing those of BERT base.</summary>
    internal static double ParametersOf(string model)
    {
        foreach ((string part, double parameters) in Known)
        {
            if (model.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return parameters;
            }
        }

        return BertBase;
    }

    private static string Duration(double seconds) => seconds < 90 ? $"{seconds:0} seconds" : $"{seconds / 60:0} minutes";
}
