using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>A member's connections to the database for one purpose, with its failures explained.</summary>
internal sealed class PostgresSource : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly string _place;

    /// <param name="connection">As in the settings.</param>
    /// <param name="own">Sets what this purpose has of its own.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public PostgresSource(string connection, Action<NpgsqlConnectionStringBuilder> own)
    {
        var builder = PostgresSession.Of(connection);
        own(builder);
        _source = NpgsqlDataSource.Create(builder.ConnectionString);
        _place = PostgresFailures.PlaceOf(connection);
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation = default) =>
        _source.OpenConnectionAsync(cancellation);

    /// <summary>On any connection; the arguments are $1 and so on.</summary>
    public NpgsqlCommand Command(string sql, params object[] arguments) =>
        Filled(_source.CreateCommand(sql), arguments);

    public static NpgsqlCommand Filled(NpgsqlCommand command, object[] arguments)
    {
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        return command;
    }

    /// <exception cref="JournalException">The work failed by the database, which says how.</exception>
    public async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            if (PostgresFailures.IsStandby(failure))
            {
                // Connections would stay with it when another server has taken over.
                _source.Clear();
            }

            throw Explain(failure);
        }
    }

    public JournalException Explain(Exception failure) => PostgresFailures.Explain(failure, _place);

    public void Dispose() => _source.Dispose();
}
