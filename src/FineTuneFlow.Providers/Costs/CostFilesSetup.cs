using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Providers.Costs;

/// <summary>Price and model books from the files that the settings <c>Costs__Prices</c> and <c>Costs__Models</c> name.</summary>
public static class CostFilesSetup
{
    private const string Section = "Costs";

    /// <summary>Registers the books that files are given for; the built-in ones hold where none is.</summary>
    /// <exception cref="FlowException">InvalidInput: no such file, or what is wrong in it; told here, at start.</exception>
    public static IServiceCollection AddCostFiles(this IServiceCollection services, IConfiguration configuration)
    {
        IConfigurationSection section = SettingNames.Flatten(configuration).GetSection(Section);
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "PRICES":
                    services.AddSingleton(PriceBook.Read(setting.Value!, Bytes(setting)));
                    break;
                case "MODELS":
                    services.AddSingleton(ModelBook.Read(setting.Value!, Bytes(setting)));
                    break;
                default:
                    throw Wrong(setting, "is not a setting", "There are: Costs__Prices, Costs__Models");
            }
        }

        return services;
    }

    /// <summary>The table of models that holds by these settings.</summary>
    /// <exception cref="FlowException">InvalidInput: no such file, or what is wrong in it.</exception>
    public static ModelBook Models(IConfiguration configuration) =>
        Setting(configuration, "Models") is { Value: { } file } setting ? ModelBook.Read(file, Bytes(setting)) : ModelBook.Default;

    /// <summary>The prices that hold by these settings.</summary>
    /// <exception cref="FlowException">InvalidInput: no such file, or what is wrong in it.</exception>
    public static PriceBook Prices(IConfiguration configuration) =>
        Setting(configuration, "Prices") is { Value: { } file } setting ? PriceBook.Read(file, Bytes(setting)) : PriceBook.Default;

    private static IConfigurationSection Setting(IConfiguration configuration, string name) =>
        SettingNames.Flatten(configuration).GetSection(Section).GetSection(name);

    private static byte[] Bytes(IConfigurationSection setting)
    {
        try
        {
            return File.ReadAllBytes(setting.Value!);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(setting, $"names {setting.Value}, which cannot be read", "Give the path of a file (docs/costs.md), or leave the setting out");
        }
    }

    private static FlowException Wrong(IConfigurationSection setting, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The setting {what}", remedy, Field: $"{Section}__{setting.Key}"));
}
