namespace FineTuneFlow.Simulator.Jobs;

/// <param name="Input">What the classifier sees: the user's messages, or the prompt.</param>
/// <param name="Output">The answer to the letter, leading space included.</param>
/// <param name="Tokens">All tokens of the example, system prompt and framing included.</param>
internal readonly record struct TrainingExample(string Input, string Output, int Tokens);
