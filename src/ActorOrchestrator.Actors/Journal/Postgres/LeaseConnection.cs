using Akka.Actor.Setup;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>Where the lease's table is.</summary>
internal sealed class LeaseConnection(string connection) : Setup
{
    public string Connection => connection;
}
