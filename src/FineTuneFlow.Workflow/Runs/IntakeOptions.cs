using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>The most that reading a file may take on this host: the settings <c>Limits__Rows</c>, <c>Limits__UnpackedMegabytes</c> and
/// <c>Limits__Seconds</c>. A recipe, which comes from a caller, may ask for less and not for more.</summary>
/// <param name="Cap">Rows, megabytes and seconds.</param>
public sealed record IntakeOptions(LimitsRecipe Cap)
{
    /// <summary>What a recipe has where it says nothing.</summary>
    public static IntakeOptions Default { get; } = new(new LimitsRecipe());

    /// <exception cref="FlowException">InvalidInput: a setting is not a whole number from 1.</exception>
    public static IntakeOptions Of(IConfiguration settings) => new(new LimitsRecipe
    {
        Rows = Whole(settings, "Rows", Default.Cap.Rows),
        UnpackedMegabytes = Whole(settings, "UnpackedMegabytes", Default.Cap.UnpackedMegabytes),
        Seconds = Whole(settings, "Seconds", Default.Cap.Seconds),
    });

    /// <summary>The settings of a data set as this host follows them.</summary>
    public DatasetRecipe Within(DatasetRecipe dataset) => dataset with { Limits = dataset.Limits.Within(Cap) };

    private static int Whole(IConfiguration settings, string name, int otherwise) => settings[$"Limits:{name}"] switch
    {
        null or "" => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 => value,
        var text => throw new FlowException(new Failure(
            FailureKind.InvalidInput, $"the setting is \"{text}\", not a whole number from 1", "Give a whole number, or leave the setting out", Field: $"Limits__{name}")),
    };
}
