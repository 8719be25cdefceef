using System.Diagnostics;
using Akka.Actor;
using Akka.Coordination;
using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>
/// Akka's lease as a row of the database that the members share, by the database's clock. Of two members that lost each
/// other, the split-brain resolver keeps the one that gets it.
/// <code>
///   free, or expired ──Acquire──► held, renewed every heartbeat-interval ──Release──► free
///                                   └──not renewed for heartbeat-timeout──► expired
/// </code>
/// An attempt on a lease that another owner holds waits until it expires, or until the owner renews it: then the owner
/// lives, and only then the answer is no. So the survivor of a dead owner gets it, however lately that one held it.
/// </summary>
public sealed class PostgresLease : Lease, IDisposable
{
    /// <summary>The table, as the journal's store makes it.</summary>
    public const string Table =
        "CREATE TABLE IF NOT EXISTS cluster_lease "
        + "(name text PRIMARY KEY, owner text NOT NULL, expires timestamptz NOT NULL)";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);

    private readonly PostgresSource _source;
    private readonly TimeSpan _lifetime;
    private readonly Timer _heart;
    private readonly Lock _lock = new();
    private Action<Exception?>? _onLost;
    private long _renewedAt;
    private bool _isHeld;

    /// <param name="settings">Its times.</param>
    /// <param name="system">The member's, which is made with <see cref="JournalConnection"/>, and whose end ends the
    /// renewals.</param>
    public PostgresLease(LeaseSettings settings, ExtendedActorSystem system) : base(settings)
    {
        var timeouts = settings.TimeoutSettings;
        _source = new PostgresSource(system.Settings.Setup.Get<LeaseConnection>().Value.Connection, own =>
        {
            (own.ApplicationName, own.MaxPoolSize) = ("actor-orchestrator-lease", 2);
            own.Timeout = own.CommandTimeout = Seconds(timeouts.OperationTimeout);
        });
        _lifetime = timeouts.HeartbeatTimeout;
        _heart = new Timer(_ => _ = RenewAsync(), null, timeouts.HeartbeatInterval, timeouts.HeartbeatInterval);
        system.RegisterOnTermination(Dispose);
    }

    public override Task<bool> Acquire() => Acquire(static _ => { });

    public override async Task<bool> Acquire(Action<Exception?> leaseLostCallback)
    {
        var deadline = Stopwatch.StartNew();
        DateTime? seen = null;
        while (true)
        {
            if (await TakeAsync())
            {
                Hold(leaseLostCallback);
                return true;
            }

            var expires = await ExpiryAsync();
            if (expires > seen)
            {
                return false;
            }

            if (deadline.Elapsed > _lifetime + Settings.TimeoutSettings.OperationTimeout)
            {
                throw new LeaseException($"the lease {Settings.LeaseName} neither expires nor is renewed");
            }

            seen ??= expires;
            await Task.Delay(LookAgainAfter);
        }
    }

    public override async Task<bool> Release()
    {
        lock (_lock)
        {
            (_isHeld, _onLost) = (false, null);
        }

        await GuardAsync("DELETE FROM cluster_lease WHERE name = $1 AND owner = $2",
            async command => await command.ExecuteNonQueryAsync(), Settings.LeaseName, Settings.OwnerName);
        return true;
    }

    public override bool CheckLease()
    {
        lock (_lock)
        {
            return _isHeld && Stopwatch.GetElapsedTime(_renewedAt) < _lifetime;
        }
    }

    public void Dispose()
    {
        _heart.Dispose();
        _source.Dispose();
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    private Task<bool> TakeAsync() => GuardAsync(
        """
        INSERT INTO cluster_lease AS held (name, owner, expires) VALUES ($1, $2, now() + $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires
            WHERE held.owner = excluded.owner OR held.expires < now()
        """,
        async command => await command.ExecuteNonQueryAsync() == 1, Settings.LeaseName, Settings.OwnerName, _lifetime);

    private Task<DateTime?> ExpiryAsync() => GuardAsync(
        "SELECT expires FROM cluster_lease WHERE name = $1",
        async command => (DateTime?)await command.ExecuteScalarAsync(), Settings.LeaseName);

    private void Hold(Action<Exception?> onLost)
    {
        lock (_lock)
        {
            (_isHeld, _onLost, _renewedAt) = (true, onLost, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>A renewal that fails is tried again at the next beat, until the lease would have expired.</summary>
    private async Task RenewAsync()
    {
        lock (_lock)
        {
            if (!_isHeld)
            {
                return;
            }
        }

        try
        {
            var isMine = await GuardAsync(
                "UPDATE cluster_lease SET expires = now() + $3 WHERE name = $1 AND owner = $2",
                async command => await command.ExecuteNonQueryAsync() == 1,
                Settings.LeaseName, Settings.OwnerName, _lifetime);
            if (isMine)
            {
                lock (_lock)
                {
                    _renewedAt = Stopwatch.GetTimestamp();
                }
            }
            else
            {
                Lose(null);
            }
        }
        catch (LeaseException failure)
        {
            if (!CheckLease())
            {
                Lose(failure);
            }
        }
    }

    private void Lose(Exception? why)
    {
        Action<Exception?>? onLost;
        lock (_lock)
        {
            (onLost, _isHeld, _onLost) = (_isHeld ? _onLost : null, false, null);
        }

        onLost?.Invoke(why);
    }

    private async Task<T> GuardAsync<T>(string sql, Func<NpgsqlCommand, Task<T>> run, params object[] arguments)
    {
        try
        {
            return await _source.GuardAsync(async () =>
            {
                await using var command = _source.Command(sql, arguments);
                return await run(command);
            });
        }
        catch (Exception failure) when (failure is JournalException or ObjectDisposedException)
        {
            throw new LeaseException(failure.Message, failure);
        }
    }
}
