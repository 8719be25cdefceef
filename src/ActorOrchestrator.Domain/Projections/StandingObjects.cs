using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Projections;

/// <summary>Objects that a projection wants to exist, and how they have to be: what is missing is made, what was
/// changed is mended, and what is not seen to have become so is asked for again.</summary>
internal sealed class StandingObjects
{
    /// <summary>After this long the message may have been lost.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly Dictionary<EntityKey, (KubeObject Fresh, Func<KubeObject, KubeObject> Mend)> _wanted = [];
    private readonly Dictionary<EntityKey, KubeObject> _there = [];
    private readonly SortedDictionary<EntityKey, DateTimeOffset> _askAt = new(KeyOrder.Instance);

    /// <param name="fresh">The object as it is made.</param>
    /// <param name="mend">One that exists, as it has to be; itself when it is so.</param>
    public void Want(KubeObject fresh, Func<KubeObject, KubeObject> mend)
    {
        var key = EntityKey.Of(fresh);
        _wanted[key] = (fresh, mend);
        _askAt[key] = DateTimeOffset.MinValue;
    }

    public void Forget(EntityKey key)
    {
        _wanted.Remove(key);
        _askAt.Remove(key);
    }

    /// <summary>Takes in a change of an object that is wanted, or may come to be.</summary>
    public void Observe(ObjectChange change)
    {
        if (change.New is { } now)
        {
            _there[change.Key] = now;
        }
        else
        {
            _there.Remove(change.Key);
        }

        if (_wanted.ContainsKey(change.Key))
        {
            _askAt[change.Key] = DateTimeOffset.MinValue;
        }
    }

    /// <summary>Asks for what is not as it has to be, and to be woken while there is such a thing.</summary>
    public void Ask(ProjectionContext context)
    {
        foreach (var (key, at) in _askAt.ToList())
        {
            if (at > context.Now)
            {
                context.WakeAt(at);
            }
            else if (Missing(key) is { } command)
            {
                context.Tell(key, command);
                context.WakeAt(_askAt[key] = context.Now + AskAgain);
            }
            else
            {
                _askAt.Remove(key);
            }
        }
    }

    /// <summary>What makes the object as it has to be; null when it is.</summary>
    private Command? Missing(EntityKey key)
    {
        var (fresh, mend) = _wanted[key];
        if (!_there.TryGetValue(key, out var current))
        {
            return new Create(fresh);
        }

        var mended = mend(current);
        return mended == current ? null : new Replace(mended);
    }
}
