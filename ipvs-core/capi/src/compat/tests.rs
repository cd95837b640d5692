mod answers;
mod layout;
mod order;
