// dotnet run -c Release --project benchmarks/evaluation -- score [rows] [candidates] [labels] [resamples]
// dotnet run -c Release --project benchmarks/evaluation -- reports FILE OUT_FOLDER [recipe.json]
using FineTuneFlow.Benchmarks.Evaluation;

switch (args)
{
    case ["score", .. string[] sizes]:
        ScoreSpeed.Run(At(sizes, 0, 1_000_000), At(sizes, 1, 5), At(sizes, 2, 5), At(sizes, 3, 1000));
        return 0;
    case ["reports", string file, string folder, .. string[] recipe]:
        DataReport.Write(file, folder, recipe.FirstOrDefault());
        return 0;
    default:
        Console.Error.WriteLine("score [rows] [candidates] [labels] | reports FILE OUT_FOLDER [recipe.json]");
        return 2;
}

static int At(string[] values, int index, int otherwise) => index < values.Length ? int.Parse(values[index]) : otherwise;
