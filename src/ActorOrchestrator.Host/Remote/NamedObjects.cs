using System.Collections.Concurrent;
using System.Threading.Channels;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// What the pods of this machine name, and nothing else: their ConfigMaps and Secrets one by one, and the Services of
/// their namespaces with the API's own, of which all containers hear. Each is watched for as long as a pod wants it, so
/// that containers start again while the control plane is away.
/// </summary>
/// <param name="reflect">Watches objects of a kind: all of a namespace, or one by its name.</param>
internal sealed class NamedObjects(Func<ResourceKind, string, string?, Reflector> reflect)
{
    private static readonly ResourceKind Maps = KindRegistry.Of<ConfigMap>();
    private static readonly ResourceKind Secrets = KindRegistry.Of<Secret>();
    private static readonly ResourceKind Services = KindRegistry.Of<Service>();

    private static readonly Wanted OfApi = new(Services, "default", "kubernetes");

    private readonly ConcurrentDictionary<Wanted, Watched> _watched = new();

    /// <summary>What changed and was not told yet: of each object the last state, so that it never grows beyond what is
    /// watched.</summary>
    private readonly ConcurrentDictionary<EntityKey, KubeObject> _changed = new();

    private readonly Channel<bool> _hint = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Watches what some pods name, and no longer what others did.</summary>
    public void Follow(IEnumerable<Pod> pods)
    {
        var wanted = pods.SelectMany(NamedBy).ToHashSet();
        foreach (var name in _watched.Keys.Where(name => !wanted.Contains(name)).ToList())
        {
            if (_watched.TryRemove(name, out var ended))
            {
                ended.Dispose();
            }
        }

        foreach (var name in wanted.Where(name => !_watched.ContainsKey(name)))
        {
            var started = new Watched(reflect(name.Kind, name.Namespace, name.Name), Tell);
            _watched[name] = started;
            started.Start();
        }
    }

    /// <summary>Those of a watch, once they are known; null when nothing of the kind is watched there.</summary>
    public async ValueTask<IReadOnlyDictionary<string, KubeObject>?> FindAsync(
        ResourceKind kind, string @namespace, string? name, CancellationToken cancellation)
    {
        if (!_watched.TryGetValue(new Wanted(kind, @namespace, name), out var watched))
        {
            return null;
        }

        await watched.Known.WaitAsync(cancellation);
        return watched.Objects;
    }

    /// <summary>What is known of ConfigMaps and Secrets, and from then on what changes.</summary>
    public async IAsyncEnumerable<KubeObject> ChangesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var known in _watched.Values.SelectMany(watched => watched.Objects.Values))
        {
            Tell(known);
        }

        while (await _hint.Reader.WaitToReadAsync(cancellation))
        {
            _hint.Reader.TryRead(out _);
            foreach (var key in _changed.Keys)
            {
                if (_changed.TryRemove(key, out var changed))
                {
                    yield return changed;
                }
            }
        }
    }

    public void End() => Follow([]);

    private static IEnumerable<Wanted> NamedBy(Pod pod)
    {
        var scope = pod.Metadata.Namespace ?? "";
        return PodReferences.Of(pod).Select(one => new Wanted(one.IsSecret ? Secrets : Maps, scope, one.Name))
            .Append(new Wanted(Services, scope, null)).Append(OfApi);
    }

    private void Tell(KubeObject changed)
    {
        if (changed is ConfigMap or Secret)
        {
            _changed[EntityKey.Of(changed)] = changed;
            _hint.Writer.TryWrite(true);
        }
    }

    private readonly record struct Wanted(ResourceKind Kind, string Namespace, string? Name);

    private sealed class Watched(Reflector reflector, Action<KubeObject> tell) : IDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, KubeObject> _objects = new(StringComparer.Ordinal);

        public Task Known => _known.Task;

        public IReadOnlyDictionary<string, KubeObject> Objects => _objects;

        public void Start() => _ = RunAsync(_ending.Token);

        public void Dispose()
        {
            _ending.Cancel();
            _ending.Dispose();
            _known.TrySetCanceled();
        }

        private async Task RunAsync(CancellationToken ending)
        {
            try
            {
                await foreach (var seen in reflector.FollowAsync(ending))
                {
                    Take(seen);
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // Nobody wants it any more.
            }
        }

        private void Take(Seen seen)
        {
            switch (seen)
            {
                case Seen.All all:
                    var names = all.Objects.Select(one => one.Metadata.Name!).ToHashSet(StringComparer.Ordinal);
                    foreach (var gone in _objects.Values.Where(one => !names.Contains(one.Metadata.Name!)).ToList())
                    {
                        Take(new Seen.Gone(gone));
                    }

                    foreach (var one in all.Objects)
                    {
                        Take(new Seen.Changed(one));
                    }

                    _known.TrySetResult();
                    break;
                case Seen.Changed { Object: var changed }:
                    _objects[changed.Metadata.Name!] = changed;
                    tell(changed);
                    break;
                case Seen.Gone { Object: var gone }:
                    _objects.TryRemove(gone.Metadata.Name!, out _);
                    tell(gone);
                    break;
            }
        }
    }
}
