using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Providers.Tests;

public sealed class ProviderSettingsTests
{
    [Fact]
    public void With_nothing_configured_there_is_the_simulator_on_this_machine()
    {
        ProviderSettings settings = ProviderSettings.Read(Settings());

        settings.Default.ShouldBe("simulator");
        ProviderOptions only = settings.All.ShouldHaveSingleItem();
        only.Facts.Simulated.ShouldBeTrue();
        only.BaseAddress.ShouldBe(new Uri("http://127.0.0.1:7072/v1/"));
    }

    [Theory]
    [InlineData("Providers:oa:")]
    [InlineData("Providers__oa__")]
    [InlineData("Values:Providers__oa__")]
    [InlineData("Values:Providers:oa:")]
    public void Every_spelling_of_a_setting_is_read(string prefix)
    {
        ProviderSettings settings = ProviderSettings.Read(Settings(
            (prefix + "Kind", "openAI"), (prefix + "Key", "sk-1"), (prefix + "MaxJobs", "7"), (prefix + "requestsPerMinute", "500")));

        ProviderOptions one = settings.All.ShouldHaveSingleItem();
        (one.Name, one.Kind, one.Key, one.MaxJobs, one.RequestsPerMinute).ShouldBe(("oa", ProviderKind.OpenAI, "sk-1", 7, 500));
        one.BaseAddress.ShouldBe(new Uri("https://api.openai.com/v1/"));
        one.PriceKey.ShouldBe("openai");
        settings.Default.ShouldBe("oa");
    }

    [Fact]
    public void The_environment_goes_before_the_settings_file() =>
        ProviderSettings.Read(Settings(("Values:DefaultProvider", "b"), ("DefaultProvider", "a"), ("Providers:a:Kind", "simulator"), ("Providers:b:Kind", "simulator")))
            .Default.ShouldBe("a");

    [Fact]
    public void Azure_is_read_with_identity_tier_and_deployment()
    {
        ProviderOptions azure = ProviderSettings.Read(Settings(
            ("Providers:foundry:Kind", "azureOpenAI"), ("Providers:foundry:BaseAddress", "https://r.openai.azure.com/openai/v1"),
            ("Providers:foundry:Tier", "developer"), ("Providers:foundry:Credential", "managedidentity"), ("Providers:foundry:ClientId", "c"),
            ("Providers:foundry:Deployment:Subscription", "s"), ("Providers:foundry:Deployment:ResourceGroup", "g"),
            ("Providers:foundry:Deployment:Account", "a"), ("Providers:foundry:Deployment:Sku", "developertier"),
            ("Providers:foundry:Deployment:HourlyUsd", "0.5"))).All.Single();

        azure.BaseAddress.AbsoluteUri.ShouldEndWith("/openai/v1/");
        azure.Tier.ShouldBe(TrainingTier.Developer);
        azure.Facts.NeedsDeployment.ShouldBeTrue();
        azure.Facts.NeedsFileProcessing.ShouldBeTrue();
        azure.Deployment.ShouldNotBeNull().ShouldBe(new DeploymentOptions
        {
            Subscription = "s", ResourceGroup = "g", Account = "a", Sku = "developertier", HourlyUsd = 0.5,
        });
    }

    [Theory]
    [InlineData("Providers:x:Kind", "gemini", "Providers__x__Kind", "openai, azureOpenAI, simulator")]
    [InlineData("Providers:x:Kind", "1", "Providers__x__Kind", "openai")]
    [InlineData("Providers:x:BaseAddress", "https://a/v1/", "Providers__x__Kind", "simulator")]
    [InlineData("Providers:X:Kind", "simulator", "Providers__X", "lower-case")]
    [InlineData("Providers:x:Kind", "openai", "Providers__x__Key", "API key")]
    [InlineData("Providers:x:Kind", "azureOpenAI", "Providers__x__BaseAddress", "openai.azure.com")]
    [InlineData("Providers:s:BaseAdress", "http://127.0.0.1", "Providers__s__BaseAdress", "BaseAddress")]
    [InlineData("Providers:s:BaseAddress", "simulator", "Providers__s__BaseAddress", "https://api.openai.com/v1/")]
    [InlineData("Providers:s:BaseAddress", "ftp://host/", "Providers__s__BaseAddress", "https")]
    [InlineData("Providers:s:BaseAddress", "http://example.org/v1/", "Providers__s__BaseAddress", "https")]
    [InlineData("Providers:s:MaxJobs", "0", "Providers__s__MaxJobs", "from 1 to 1000")]
    [InlineData("Providers:s:MaxConcurrency", "many", "Providers__s__MaxConcurrency", "4096")]
    [InlineData("Providers:s:Tier", "gold", "Providers__s__Tier", "globalStandard")]
    [InlineData("Providers:s:Deployment:Account", "a", "Providers__s__Deployment__Subscription", "Set it")]
    [InlineData("Providers:s:Key", "@Microsoft.KeyVault(SecretUri=https://v/secrets/k)", "Providers__s__Key", "Key Vault Secrets User")]
    [InlineData("Providers:s:Credential", "password", "Providers__s__Credential", "managedidentity")]
    [InlineData("Providers:s:Kind", "azureOpenAI", "Providers__s__BaseAddress", "openai.azure.com")]
    [InlineData("DefaultProvider", "nobody", "DefaultProvider", "s")]
    public void A_wrong_setting_is_named_with_what_it_may_be(string name, string value, string field, string remedy)
    {
        FlowException refused = Should.Throw<FlowException>(() => ProviderSettings.Read(Settings(("Providers:s:Kind", "simulator"), ("DefaultProvider", "s"), (name, value))));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Field.ShouldBe(field);
        refused.Failure.Remedy.ShouldNotBeNull().ShouldContain(remedy);
    }

    [Fact]
    public void A_token_in_the_settings_is_never_sent_to_another_machine() =>
        Should.Throw<FlowException>(() => ProviderSettings.Read(Settings(
            ("Providers:a:Kind", "simulator"), ("Providers:a:Deployment:Subscription", "s"), ("Providers:a:Deployment:ResourceGroup", "g"),
            ("Providers:a:Deployment:Account", "a"), ("Providers:a:Deployment:Token", "t")))).Failure.Field.ShouldBe("Providers__a__Deployment__Token");

    [Fact]
    public void An_identity_is_never_sent_unencrypted() =>
        Should.Throw<FlowException>(() => ProviderSettings.Read(Settings(("Providers:a:Kind", "azureOpenAI"), ("Providers:a:BaseAddress", "http://127.0.0.1:7072/openai/v1/"))))
            .Failure.Field.ShouldBe("Providers__a__Key");

    [Fact]
    public void Two_providers_need_a_default() =>
        Should.Throw<FlowException>(() => ProviderSettings.Read(Settings(("Providers:a:Kind", "simulator"), ("Providers:b:Kind", "simulator"))))
            .Failure.Field.ShouldBe("DefaultProvider");

    [Fact]
    public void Storage_is_read_as_connection_string_or_as_address_with_identity()
    {
        StorageOptions.Read(Settings()).ConnectionString.ShouldBe("UseDevelopmentStorage=true");
        StorageOptions.Read(Settings(("Values:Datasets", "cs"))).ConnectionString.ShouldBe("cs");
        StorageOptions.Read(Settings(("Datasets__blobServiceUri", "https://a.blob.core.windows.net"), ("Datasets__credential", "managedidentity"), ("Datasets__clientId", "c")))
            .ShouldBe(new StorageOptions { BlobServiceUri = new Uri("https://a.blob.core.windows.net"), Credential = "managedidentity", ClientId = "c" });
        Should.Throw<FlowException>(() => StorageOptions.Read(Settings(("Datasets__blobServiceUri", "account"))))
            .Failure.Field.ShouldBe("Datasets__blobServiceUri");
    }

    [Fact]
    public void All_ports_are_registered_and_an_unknown_provider_is_told_with_those_there_are()
    {
        using ServiceProvider services = new ServiceCollection().AddFineTuneFlowProviders(Settings(
            ("Providers:a:Kind", "simulator"), ("Providers:b:Kind", "simulator"), ("DefaultProvider", "b"))).BuildServiceProvider();

        services.GetRequiredService<IBlobStore>().ShouldBeOfType<AzureBlobStore>();
        services.GetRequiredService<IModelDeployments>().ShouldNotBeNull();
        services.GetRequiredService<ModelThrottle>().ShouldNotBeNull();
        IProviders providers = services.GetRequiredService<IProviders>();
        providers.Default.ShouldBe("b");
        providers.Get("a").ShouldBeSameAs(providers.Get("a"));
        Should.Throw<FlowException>(() => providers.Get("c")).Failure.Remedy.ShouldNotBeNull().ShouldContain("a, b");
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(one => one.Name).ToDictionary(one => one.Key, one => (string?)one.Last().Value)).Build();
}
