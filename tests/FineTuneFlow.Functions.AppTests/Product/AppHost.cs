using System.Reflection;
using FineTuneFlow.Functions.Composition;
using FineTuneFlow.Tests.DurableTask;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The app's own container and functions, called as the Functions host would, with the Durable Task worker, client and
/// protocol over a backend of <see cref="DurableBackend"/>.</summary>
internal sealed class AppHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IAsyncDisposable _durable;

    private AppHost(ServiceProvider services, IAsyncDisposable durable, DurableTaskClient client) => (_services, _durable, Client) = (services, durable, client);

    public DurableTaskClient Client { get; }

    public static IEnumerable<MethodInfo> Functions => typeof(FunctionsServices).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);

    /// <summary>The settings of an app over a storage account, with the simulator as its provider.</summary>
    /// <param name="storage">The account's connection string.</param>
    /// <param name="simulator">The simulator's address; null: one that nobody listens at.</param>
    /// <param name="more">Beside those.</param>
    public static Dictionary<string, string?> SettingsFor(string storage, string? simulator = null, params (string Name, string? Value)[] more)
    {
        Dictionary<string, string?> settings = new()
        {
            ["TASKHUB_NAME"] = "Tests",
            ["NightlySchedule"] = "0 0 2 * * *",
            ["Datasets"] = storage,
            ["Providers__simulator__Kind"] = "simulator",
            ["Providers__simulator__BaseAddress"] = $"{simulator ?? "http://127.0.0.1:9"}/v1/",
            ["Providers__simulator__Key"] = "test-key",
        };
        foreach ((string name, string? value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    public static ServiceProvider Services(IReadOnlyDictionary<string, string?> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => pair.Value))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddLogging();
        // What every host has.
        services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
        services.AddFineTuneFlowFunctions(configuration);
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <param name="settings">The app's.</param>
    /// <param name="storage">A storage account as the durable backend; null: the one in memory of the test package.</param>
    public static async Task<AppHost> StartAsync(IReadOnlyDictionary<string, string?> settings, string? storage = null)
    {
        ServiceProvider services = Services(settings);
        (IAsyncDisposable durable, DurableTaskClient client) = await DurableBackend.StartAsync(storage, registry =>
        {
            foreach (MethodInfo method in Functions)
            {
                string name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
                if (Has<OrchestrationTriggerAttribute>(method))
                {
                    registry.AddOrchestrator(name, () => new Orchestrator(method, services));
                }
                else if (Has<ActivityTriggerAttribute>(method))
                {
                    registry.AddActivity(name, new Activity(method, services));
                }
            }
        });
        return new AppHost(services, durable, client);
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A class with functions, in a scope of its own.</summary>
    public T Function<T>() where T : notnull => ActivatorUtilities.CreateInstance<T>(_services);

    public FunctionContext Call() => new CallContext(_services);

    /// <summary>A web server on a port of its own that answers as the Functions host would.</summary>
    public async Task<WebApplication> ListenAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        WebApplication server = builder.Build();
        Map(server, _ => { });
        await server.StartAsync();
        return server;
    }

    /// <summary>Routes requests to the app's HTTP functions by their own attributes.</summary>
    /// <param name="server">Whose requests.</param>
    /// <param name="answered">Told each function's name before it answers.</param>
    public void Map(WebApplication server, Action<string> answered)
    {
        foreach (MethodInfo function in Functions)
        {
            if (function.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>() is { } trigger)
            {
                server.MapMethods($"/{trigger.Route}", trigger.Methods!, async (HttpContext http) =>
                {
                    answered(function.Name);
                    return await AnswerAsync(function, http);
                });
            }
        }
    }

    /// <summary>Runs an HTTP function on a request, in a scope of its own.</summary>
    public async Task<IResult> AnswerAsync(MethodInfo function, HttpContext http)
    {
        AsyncServiceScope scope = _services.CreateAsyncScope();
        http.Response.RegisterForDisposeAsync(scope);
        return (IResult)(await InvokeAsync(function, scope.ServiceProvider, http.Request, Client, new CallContext(scope.ServiceProvider)))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _durable.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static bool Has<T>(MethodInfo method) where T : Attribute =>
        method.GetParameters().Any(parameter => parameter.GetCustomAttribute<T>() is not null);

    private static async Task<object?> InvokeAsync(MethodInfo method, IServiceProvider services, params object?[] arguments)
    {
        object target = ActivatorUtilities.CreateInstance(services, method.DeclaringType!);
        // The dashboard's files are given without the engine: those functions take the request alone.
        object?[] taken = arguments[..method.GetParameters().Length];
        var task = (Task)method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, taken, culture: null)!;
        await task;
        return task.GetType().GetProperty("Result")!.GetValue(task);
    }

    private sealed class Orchestrator(MethodInfo method, IServiceProvider services) : ITaskOrchestrator
    {
        public Type InputType => method.GetParameters()[1].ParameterType;

        public Type OutputType => method.ReturnType.GenericTypeArguments[0];

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) => InvokeAsync(method, services, context, input);
    }

    private sealed class Activity(MethodInfo method, IServiceProvider services) : ITaskActivity
    {
        public Type InputType => method.GetParameters()[0].ParameterType;

        public Type OutputType => method.ReturnType.GenericTypeArguments[0];

        public async Task<object?> RunAsync(TaskActivityContext context, object? input)
        {
            await using AsyncServiceScope scope = services.CreateAsyncScope();
            return await InvokeAsync(method, scope.ServiceProvider, input, context.InstanceId, new CallContext(scope.ServiceProvider));
        }
    }
}
