using System.Collections.Immutable;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>Where hyperparameters stand in the body of a job's creation, and in which units.</summary>
public sealed record HyperparameterFields
{
    public HyperparameterPlace Place { get; init; } = HyperparameterPlace.Method;

    public string Epochs { get; init; } = "n_epochs";

    public string BatchSize { get; init; } = "batch_size";

    public string LearningRate { get; init; } = "learning_rate_multiplier";

    /// <summary>The rate that a recipe's multiplier of 1 stands for where the service takes absolute rates; null: it takes multipliers.</summary>
    public double? RateOfOne { get; init; }

    /// <summary>What is left to the service is written as "auto"; else it is left out.</summary>
    public bool WritesAuto { get; init; } = true;

    /// <summary>Fields beside ours: name and JSON value.</summary>
    public ImmutableSortedDictionary<string, string> Extra { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>From the recipe's multiplier to the number that the service takes.</summary>
    public double? Written(double? multiplier) => RateOfOne is { } one ? multiplier * one : multiplier;

    /// <summary>From the number that the service tells to the recipe's multiplier.</summary>
    public double? Read(double? told) => RateOfOne is { } one ? told / one : told;
}

public enum HyperparameterPlace
{
    /// <summary><c>method.supervised.hyperparameters</c>.</summary>
    Method,

    /// <summary>The top-level object <c>hyperparameters</c>.</summary>
    Flat,

    /// <summary>Beside <c>model</c> and <c>training_file</c>.</summary>
    Body,
}
