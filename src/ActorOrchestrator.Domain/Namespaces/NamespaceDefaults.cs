using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>Sees to it that every namespace has what pods count on: the ServiceAccount <c>default</c> and the ConfigMap
/// <c>kube-root-ca.crt</c> with the certificate authority of the API; made again when deleted or falsified.</summary>
/// <param name="authority">The authority's certificate in PEM.</param>
public sealed class NamespaceDefaults(string authority) : IProjection
{
    public const string ServiceAccountName = "default";
    public const string AuthorityConfigMap = "kube-root-ca.crt";
    public const string AuthorityKey = "ca.crt";

    /// <summary>After this long what is still missing is asked for again, in case the message was lost.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private static readonly string Accounts = KindRegistry.Of<ServiceAccount>().Resource;
    private static readonly string ConfigMaps = KindRegistry.Of<ConfigMap>().Resource;

    private readonly ValueMap<string> _data = ValueMap<string>.From([new(AuthorityKey, authority)]);
    private readonly HashSet<string> _active = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withAccount = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigMap> _authorities = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _toSee = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "namespace-defaults";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Namespace:
                Track(_active, change.Key.Name, change.New?.Metadata is { DeletionTimestamp: null });
                _toSee.Add(change.Key.Name);
                break;
            case ServiceAccount when change.Key.Name == ServiceAccountName:
                Track(_withAccount, change.Key.Namespace, change.New is not null);
                _toSee.Add(change.Key.Namespace);
                break;
            case ConfigMap when change.Key.Name == AuthorityConfigMap:
                if (change.New is ConfigMap map)
                {
                    _authorities[change.Key.Namespace] = map;
                }
                else
                {
                    _authorities.Remove(change.Key.Namespace);
                }

                _toSee.Add(change.Key.Namespace);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        _toSee.RemoveWhere(ns => IsComplete(ns));
        foreach (var ns in _toSee)
        {
            Ask(ns, context);
        }

        if (_toSee.Count > 0)
        {
            context.WakeAt(context.Now + AskAgain);
        }
    }

    private bool IsComplete(string ns) =>
        !_active.Contains(ns) || (_withAccount.Contains(ns) && HasAuthority(ns));

    private bool HasAuthority(string ns) => _authorities.TryGetValue(ns, out var map) && map.Data.Equals(_data);

    private void Ask(string ns, ProjectionContext context)
    {
        if (!_withAccount.Contains(ns))
        {
            context.Tell(
                new EntityKey(Accounts, ns, ServiceAccountName),
                new Create(new ServiceAccount { Metadata = Named(ns, ServiceAccountName) }));
        }

        if (HasAuthority(ns))
        {
            return;
        }

        var key = new EntityKey(ConfigMaps, ns, AuthorityConfigMap);
        if (_authorities.TryGetValue(ns, out var falsified))
        {
            context.Tell(key, new Replace(falsified with { Data = _data }));
        }
        else
        {
            context.Tell(key, new Create(new ConfigMap { Metadata = Named(ns, AuthorityConfigMap), Data = _data }));
        }
    }

    private static ObjectMeta Named(string ns, string name) => new() { Namespace = ns, Name = name };

    private static void Track(HashSet<string> names, string name, bool isMember)
    {
        if (isMember)
        {
            names.Add(name);
        }
        else
        {
            names.Remove(name);
        }
    }
}
