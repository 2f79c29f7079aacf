namespace FineTuneFlow.Core.Evaluation;

/// <summary>What a model was asked to write, which decides where its label is looked for.</summary>
public enum AnswerStyle
{
    /// <summary>The label and nothing else; text after its first line is ignored.</summary>
    Label,
    /// <summary>Thinking aloud first, the label at the end (after "label:" or "answer:", or on the last line).</summary>
    ChainOfThought,
}
