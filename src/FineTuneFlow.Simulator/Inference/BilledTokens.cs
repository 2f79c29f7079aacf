using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>Tokens as they are billed: by the model's own tokenizer where it is known, else by the pieces that the simulator's answers
/// are made of.</summary>
internal static class BilledTokens
{
    public static int Count(string model, string text) => TokenCounter.For(model)?.Count(text) ?? Tokenizer.Count(text);
}
