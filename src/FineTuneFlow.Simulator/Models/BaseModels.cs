using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Models;

/// <summary>The base models: those of the chapter, and those that could be fine-tuned in 2026.</summary>
internal static class BaseModels
{
    /// <summary>Created, Unix seconds, of every base model.</summary>
    public const long Created = 1_692_634_615;

    public static readonly IReadOnlyList<BaseModel> All =
    [
        new("babbage-002", [], ModelFamily.Completion, Words(1, bits: 16), 0.20, 16, 0.1),
        new("davinci-002", [], ModelFamily.Completion, Words(2, bits: 18), 0.20, 16, 0.3),
        new("gpt-3.5-turbo-0125", ["gpt-3.5-turbo"], ModelFamily.Chat, WordsAndCharacters(2, 4, bits: 18), 0.18, 2, 0.6),
        new("gpt-4.1-nano-2025-04-14", ["gpt-4.1-nano"], ModelFamily.Chat, WordsAndCharacters(1, 4, bits: 18), 0.18, 2, 0.55),
        new("gpt-4o-mini-2024-07-18", ["gpt-4o-mini"], ModelFamily.Chat, WordsAndCharacters(2, 4, bits: 19), 0.20, 1.8, 0.7),
        new("gpt-4.1-mini-2025-04-14", ["gpt-4.1-mini"], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.8),
        new("gpt-4o-2024-08-06", ["gpt-4o"], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 20), 0.22, 2, 0.9),
        new("gpt-4.1-2025-04-14", ["gpt-4.1"], ModelFamily.Chat, WordsAndCharacters(2, 6, bits: 20), 0.22, 2, 0.95),
        new("Ministral-3B", [], ModelFamily.Chat, WordsAndCharacters(1, 4, bits: 18), 0.18, 2, 0.5) { Maker = "Mistral AI" },
        new("Llama-3.1-8B-Instruct", ["meta-llama/Llama-3.1-8B-Instruct"], ModelFamily.Chat, WordsAndCharacters(2, 4, bits: 18), 0.20, 2, 0.6) { Maker = "Meta" },
        new("Llama-3.3-70B-Instruct", ["meta-llama/Llama-3.3-70B-Instruct"], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.85) { Maker = "Meta" },
        new("Qwen-32B", ["Qwen3-32B"], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.8) { Maker = "Alibaba" },
        new("gpt-oss-20b", [], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.8) { Maker = "Microsoft" },
        new("gpt-6-luna", [], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.85) { Tunable = false, Efforts = ["none", "low", "medium", "high", "xhigh", "max"] },
        new("o4-mini-2025-04-16", ["o4-mini"], ModelFamily.Chat, WordsAndCharacters(2, 5, bits: 19), 0.20, 2, 0.85) { Tunable = false, Efforts = ["low", "medium", "high"] },
    ];

    private static readonly Dictionary<string, BaseModel> ByName = All
        .SelectMany(model => model.Aliases.Append(model.Id).Select(name => (name, model)))
        .ToDictionary(pair => pair.name, pair => pair.model, StringComparer.Ordinal);

    public static BaseModel? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The maker's format of a base or tuned model, as deployments name it.</summary>
    public static string MakerOf(string model)
    {
        int tuned = model.IndexOf(".ft-", StringComparison.Ordinal);
        return (Find(tuned < 0 ? model : model[..tuned])?.Maker) ?? "OpenAI";
    }

    private static TextFeatureOptions Words(int words, int bits) =>
        new() { WordNgrams = words, LongestCharacterNgram = 0, HashBits = bits };

    private static TextFeatureOptions WordsAndCharacters(int words, int characters, int bits) =>
        new() { WordNgrams = words, ShortestCharacterNgram = 3, LongestCharacterNgram = characters, HashBits = bits };
}
