using FineTuneFlow.Benchmarks.TokenizerReference;

switch (args)
{
    case ["tables", var file]:
        CharacterTables.Write(file);
        return 0;
    case ["texts", var vocabulary, var file]:
        HardTexts.Write(file, vocabulary);
        return 0;
    default:
        Console.Error.WriteLine("usage: tables character-tables.txt | texts vocab.txt hard-texts.jsonl");
        return 2;
}
