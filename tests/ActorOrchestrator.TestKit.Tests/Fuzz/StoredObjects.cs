using System.Globalization;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>Judges what is stored, whoever wrote it: valid, with its defaults, and the same when it is read
/// again.</summary>
internal sealed class StoredObjects(IClusterView view)
{
    private static readonly IReadOnlyList<ResourceKind> Kinds =
        [.. KindRegistry.All.Where(kind => kind is { IsStored: true, IsReadOnly: false })];

    private long _seen;

    /// <summary>The problems of all that was written since the last look.</summary>
    public IReadOnlyList<(string Problem, string Story)> Look()
    {
        var before = _seen;
        if (view.Sequence == before)
        {
            return [];
        }

        _seen = view.Sequence;
        return
        [
            .. Kinds.SelectMany(kind => view.List(kind, null).Objects).Where(value => VersionOf(value) > before)
                .SelectMany(Problems),
        ];
    }

    private static long VersionOf(KubeObject value) =>
        long.Parse(value.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);

    private static IEnumerable<(string Problem, string Story)> Problems(KubeObject value)
    {
        var what = $"{value.Kind} {value.Metadata.Name}";
        var json = KubeJson.Encode(value);
        if (Validator.ValidateUpdate(value, value) is { Count: > 0 } errors)
        {
            yield return ($"{value.Kind} is stored invalid", $"{what}: {string.Join("; ", errors)}\n{Text(json)}");
        }

        if (Validator.ValidateStatus(value, value) is { Count: > 0 } ofStatus)
        {
            yield return (
                $"{value.Kind} is stored with an invalid status",
                $"{what}: {string.Join("; ", ofStatus)}\n{Text(json)}");
        }

        if (Defaults.Apply(value) != value)
        {
            yield return ($"{value.Kind} is stored without its defaults", Text(json));
        }

        var problem = "is another one when it is read again";
        try
        {
            problem = KubeJson.ReadObject(json) == value ? null : problem;
        }
        catch (KubeJsonException unreadable)
        {
            problem = $"cannot be read again: {unreadable.Message}";
        }

        if (problem is not null)
        {
            yield return ($"{value.Kind} {problem.Split(':')[0]}", $"{problem}\n{Text(json)}");
        }
    }

    private static string Text(byte[] json) => System.Text.Encoding.UTF8.GetString(json);
}
