using ActorOrchestrator.Api;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>One object that a command names.</summary>
internal readonly record struct Target(ResourceKind Kind, string Namespace, string Name)
{
    public string Path => WorkloadContext.PathOf(Kind, Namespace, Name);

    /// <summary><c>deployment.apps/web</c>.</summary>
    public override string ToString() => $"{Resources.SingularOf(Kind)}/{Name}";
}

/// <summary>How kubectl's users name resources and objects.</summary>
internal static class Resources
{
    public const string DefaultNamespace = "default";

    /// <summary>By plural, singular or short name, with the group perhaps: <c>deploy</c>,
    /// <c>deployments.apps</c>.</summary>
    public static ResourceKind Find(string word)
    {
        var name = word.ToLowerInvariant();
        return KindRegistry.All.FirstOrDefault(kind => kind.IsStored
                && (kind.Plural == name || kind.Singular == name || kind.ShortNames.Contains(name)
                    || kind.Resource == name || SingularOf(kind) == name))
            ?? throw new CommandException($"error: the server doesn't have a resource type \"{word}\"");
    }

    /// <summary><c>pod</c>, <c>deployment.apps</c>.</summary>
    public static string SingularOf(ResourceKind kind) =>
        kind.Group.Length == 0 ? kind.Singular : $"{kind.Singular}.{kind.Group}";

    public static string NamespaceOf(Arguments arguments) => arguments.Flag("namespace") ?? DefaultNamespace;

    /// <summary>The objects that the words from <paramref name="index"/> on name: <c>pod a b</c> or
    /// <c>pod/a deployment/b</c>, or those of a kind that <c>-l</c> matches, or <c>--all</c> of it.</summary>
    public static IReadOnlyList<Target> Targets(Arguments arguments, int index, ApiSession api)
    {
        var @namespace = NamespaceOf(arguments);
        var first = arguments.Word(index, "the resource");
        if (first.Contains('/'))
        {
            return [.. arguments.Words.Skip(index).Select(word => OfPair(word, @namespace))];
        }

        var kind = Find(first);
        var names = arguments.Words.Skip(index + 1).ToList();
        if (names.Count > 0)
        {
            return [.. names.Select(name => new Target(kind, @namespace, name))];
        }

        return arguments.Flag("selector") is { } selector || arguments.IsSet("all")
            ? [.. api.List(kind, @namespace, arguments.Flag("selector"))
                .Select(found => new Target(kind, @namespace, found.Metadata.Name!))]
            : throw new CommandException("error: resource(s) were provided, but no name was specified");
    }

    /// <summary>One object, named as <see cref="Targets"/> has it, and the words behind it.</summary>
    public static (Target Target, IReadOnlyList<string> More) One(Arguments arguments, int index)
    {
        var first = arguments.Word(index, "the resource");
        var @namespace = NamespaceOf(arguments);
        return first.Contains('/')
            ? (OfPair(first, @namespace), [.. arguments.Words.Skip(index + 1)])
            : (new Target(Find(first), @namespace, arguments.Word(index + 1, "the name")),
                [.. arguments.Words.Skip(index + 2)]);
    }

    private static Target OfPair(string word, string @namespace) => word.Split('/') is [var kind, var name]
        ? new Target(Find(kind), @namespace, name)
        : throw new CommandException(
            "error: there is no need to specify a resource type as a separate argument when passing arguments in "
            + $"resource/name form (\"{word}\")");
}
