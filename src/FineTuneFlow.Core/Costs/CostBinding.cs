using System.Globalization;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>The built-in data files as records. By hand, as recipes are: the serializer, which reads the files that override them,
/// takes longer to begin than checking a small data set.</summary>
internal static class CostBinding
{
    public static PriceBook Prices(PlacedJson book) => new()
    {
        AsOf = Date(book, "asOf"),
        Currency = book.Text("currency", "USD"),
        Source = book.Text("source", ""),
        Listed = book.Texts("listed"),
        Tokens = book.List("tokens", Tokens),
        BatchShare = book["batchShare"] is { } share ? new BatchShare(share.Number("share", 1), share.TextOrNull("note")) : null,
        TrainingTiers = book.List("trainingTiers", tier => new TierPrice(
            tier.Text("tier", ""), tier.Number("low", 0), tier.Number("likely", 0), tier.Number("high", 0), tier.TextOrNull("note"))),
        Hosting = book.List("hosting", hosting => new HostingPrice(
            hosting.Text("provider", ""), hosting.Text("tier", ""), hosting.Number("usdPerHour", 0), Date(hosting, "asOf"), hosting.TextOrNull("note"))),
        Machines = book.List("machines", machine => new MachinePrice(
            machine.Text("name", ""),
            machine.Number("usdPerHour", 0),
            machine.Number("examplesPerSecond", 0),
            Date(machine, "asOf"),
            machine.TextOrNull("note"))),
    };

    public static ModelBook Models(PlacedJson book) => new()
    {
        AsOf = Date(book, "asOf"),
        Source = book.Text("source", ""),
        Partial = book.Texts("partial"),
        Windows = book.List("windows", window => new ModelWindow(window.Text("model", ""), window.Whole("tokens", 0))),
        Models = book.List("models", model => new ModelLife(
            model.Text("provider", ""),
            model.Text("model", ""),
            DateOrNull(model, "trainingEnds"),
            DateOrNull(model, "inferenceEnds"),
            model.Truth("tunable", true),
            model.TextOrNull("note"))
        {
            ExistingCustomersSince = DateOrNull(model, "existingCustomersSince"),
            BaseEnds = DateOrNull(model, "baseEnds"),
            Tier = model.ChoiceOrNull<TrainingTier>("tier"),
            Epochs = model.WholeOrNull("epochs"),
            EpochsOfFew = model.WholeOrNull("epochsOfFew"),
            EpochsOfMany = model.WholeOrNull("epochsOfMany"),
            LearningRateMultiplier = NumberOrNull(model, "learningRateMultiplier"),
            Efforts = model.Texts("efforts"),
            Suggested = model.Truth("suggested", false),
        }),
    };

    private static TokenPrice Tokens(PlacedJson price) => new()
    {
        Model = price.Text("model", ""),
        Provider = price.TextOrNull("provider"),
        AsOf = Date(price, "asOf"),
        Training = NumberOrNull(price, "training"),
        TunedInput = NumberOrNull(price, "tunedInput"),
        TunedOutput = NumberOrNull(price, "tunedOutput"),
        BaseInput = NumberOrNull(price, "baseInput"),
        BaseOutput = NumberOrNull(price, "baseOutput"),
        BatchInput = NumberOrNull(price, "batchInput"),
        BatchOutput = NumberOrNull(price, "batchOutput"),
        Note = price.TextOrNull("note"),
    };

    private static double? NumberOrNull(PlacedJson parent, string name) => parent.Given(name) is { } value ? RecipeValue.Number(value) : null;

    private static DateOnly Date(PlacedJson parent, string name) => DateOrNull(parent, name)!.Value;

    private static DateOnly? DateOrNull(PlacedJson parent, string name) =>
        parent.TextOrNull(name) is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
}
