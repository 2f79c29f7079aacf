using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>How a text is put to a candidate: a fine-tune exactly as it was trained, an untuned model with its instruction and
/// the examples drawn for it.</summary>
public sealed class QuestionComposer
{
    private const int ThinkingTokens = 300;
    private readonly CandidateRecipe _candidate;
    private readonly TrainingForm _form;
    private readonly ImmutableArray<ChatTurn> _opening;
    private readonly int _maxTokens;
    private readonly bool _thinks;

    /// <param name="candidate">From the run's recipe.</param>
    /// <param name="baseModel">Decides the form.</param>
    /// <param name="labels">Decide how long an answer may be.</param>
    /// <param name="shots">Examples of a prompted candidate; empty for fine-tunes.</param>
    public QuestionComposer(CandidateRecipe candidate, string baseModel, LabelSet labels, IReadOnlyList<DatasetRow> shots)
    {
        _candidate = candidate;
        _form = FormOf(candidate, baseModel, labels);
        _opening = Opening(shots);
        _maxTokens = AnswerTokens(labels) + (candidate.ChainOfThought ? ThinkingTokens : 0) + Reasoning.Budget(candidate.ReasoningEffort);
        _thinks = Reasoning.Budget(candidate.ReasoningEffort) > 0;
    }

    public AnswerStyle Style => _candidate.ChainOfThought ? AnswerStyle.ChainOfThought : AnswerStyle.Label;

    public ModelQuestion Ask(string model, string text) => new()
    {
        Model = model,
        Family = _form.Family,
        Messages = _form.Family == ModelFamily.Chat ? _opening.Add(new ChatTurn("user", text)) : [new ChatTurn("user", Examples() + _form.Prompt(text))],
        MaxTokens = _maxTokens,
        Temperature = _thinks ? null : 0,
        ReasoningEffort = _candidate.ReasoningEffort,
        // What the services allow: 20 for chat, 5 for legacy completions. Thinking aloud makes the first token's odds meaningless,
        // and models that think take neither log-probabilities nor a temperature.
        TopLogProbabilities = _candidate.ChainOfThought || _thinks ? 0 : _form.Family == ModelFamily.Chat ? 20 : 5,
    };

    /// <summary>Billed tokens of a row in the training file.</summary>
    public int ExampleTokens(TokenCounter counter, string text, string label) => FormTokens.OfExample(counter, _form, text, label);

    /// <summary>Billed tokens of asking all these texts; what stands before each of them is counted once.</summary>
    public double PromptTokens(TokenCounter counter, IEnumerable<string> texts)
    {
        bool chat = _form.Family == ModelFamily.Chat;
        double before = chat ? FormTokens.PerChat + FormTokens.PerMessage + _opening.Sum(turn => FormTokens.PerMessage + counter.Count(turn.Content)) : 0;
        return texts.Sum(text => before + counter.Count(chat ? text : Examples() + _form.Prompt(text)));
    }

    /// <summary>Upper bound of the tokens of the longest label: one for a single character, else one for every two bytes, as no
    /// tokenizer splits words finer on average.</summary>
    public static int AnswerTokens(LabelSet labels)
    {
        int longest = labels.Names.Max(l => Encoding.UTF8.GetByteCount(l));
        return longest <= 1 ? 1 : (longest / 2) + 2;
    }

    /// <summary>The form that a text is put in: a fine-tune's own, or that of the model's family with an instruction, which a quote
    /// counts at every row.</summary>
    public static TrainingForm FormOf(CandidateRecipe candidate, string baseModel, LabelSet labels)
    {
        ModelFamily family = TrainingForm.FamilyOf(baseModel);
        return candidate.Kind == CandidateKind.FineTune
            ? new TrainingForm(family, candidate.SystemPrompt)
            : new TrainingForm(family, Instruction(candidate, labels));
    }

    private static string Instruction(CandidateRecipe candidate, LabelSet labels)
    {
        string order = labels.Ordered ? ", from worst to best" : "";
        string asked = candidate.SystemPrompt ?? "Classify the user's text.";
        string answer = candidate.ChainOfThought
            ? "Think step by step in a few sentences, then write on a last line \"label: \" and one of the labels"
            : "Answer with the label alone, one of the labels";
        return $"{asked}\n{answer}{order}: {string.Join(", ", labels.Names)}";
    }

    private ImmutableArray<ChatTurn> Opening(IReadOnlyList<DatasetRow> shots)
    {
        var turns = ImmutableArray.CreateBuilder<ChatTurn>();
        if (!string.IsNullOrEmpty(_form.SystemPrompt))
        {
            turns.Add(new ChatTurn("system", _form.SystemPrompt));
        }

        foreach (DatasetRow shot in shots)
        {
            turns.Add(new ChatTurn("user", shot.Text));
            turns.Add(new ChatTurn("assistant", _candidate.ChainOfThought ? $"label: {shot.Label}" : shot.Label));
        }

        return turns.ToImmutable();
    }

    /// <summary>A completion model's examples stand before the prompt, each in the trained form.</summary>
    private string Examples()
    {
        var text = new StringBuilder();
        for (int i = 0; i + 1 < _opening.Length; i++)
        {
            if (_opening[i].Role == "user")
            {
                text.Append(_opening[i].Content).Append(TrainingForm.PromptEnding)
                    .Append(TrainingForm.CompletionStart + _opening[i + 1].Content).Append("\n\n");
            }
        }

        return text.ToString();
    }
}
